import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jwtVerify } from 'jose';
import { identity } from '#libs/contracts';
import { ACCESS_TOKEN, accessTokenClaims } from '#libs/sessions';
import { PASSWORD, newEmail, startIdentity, type TestIdentity } from '../testing/identity-fixture.js';

// Generous for a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

let service: TestIdentity;

beforeAll(async () => {
  service = await startIdentity();
});

afterAll(() => service.stop());

function principalIn({ account }: { account: identity.Account }): identity.Principal {
  return { accountId: account.id, kind: account.kind, sessionId: '1', permissions: account.permissions };
}

describe('registering', () => {
  it('opens an account with the role of its kind, and signs in', async () => {
    const { account, tokens } = await service.gateway.register({ displayName: 'Ada' });
    expect(account).toMatchObject({ kind: 'merchant', displayName: 'Ada', roles: ['merchant'] });
    expect(account.id).toMatch(/^\d{19}$/);
    expect(account.permissions).toContain('recharge:create');

    const { payload } = await jwtVerify(tokens.accessToken, service.publicKey, {
      algorithms: [ACCESS_TOKEN.algorithm],
      issuer: ACCESS_TOKEN.issuer,
      audience: ACCESS_TOKEN.audience,
    });
    const claims = accessTokenClaims.parse(payload);
    expect(claims.sub).toBe(account.id);
    expect(await service.store.get(claims.sid)).toEqual({
      accountId: account.id,
      kind: 'merchant',
      sessionId: claims.sid,
      permissions: account.permissions,
    });
  });

  it('gives a traffic owner a wallet to look at and nothing to recharge', async () => {
    const { account } = await service.gateway.register({ kind: 'traffic_owner' });
    expect(account.roles).toEqual(['traffic_owner']);
    expect(account.permissions.toSorted()).toEqual([
      'account:read',
      'earnings:read',
      'payout-account:manage',
      'session:end',
      'session:read',
      'wallet:read',
      'withdrawal:create',
      'withdrawal:read',
    ]);
  });

  it('makes nobody an operator', async () => {
    const request = {
      email: newEmail(),
      password: PASSWORD,
      displayName: 'Eve',
      device: { userAgent: '', address: '' },
    };
    await expect(
      service.gateway.call(identity.register, { ...request, kind: 'operator' as 'merchant' }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('takes an e-mail address once, however it is capitalised', async () => {
    const email = newEmail();
    await service.gateway.register({ email });
    await expect(service.gateway.register({ email: email.toUpperCase() })).rejects.toMatchObject({
      code: 'EMAIL_TAKEN',
    });
  });

  it('lets one in when twenty register the same address at the same moment', async () => {
    const email = newEmail();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => service.gateway.register({ email })),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(19);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'EMAIL_TAKEN' });
    const rows = await service.database.query<{ id: string; role: string }>(
      'SELECT a.`id`, r.`role` FROM `account` a JOIN `account_role` r ON r.`account_id` = a.`id` WHERE a.`email` = ?',
      [email],
    );
    expect(rows).toHaveLength(1);
  });

  it('keeps neither the password nor the refresh token', async () => {
    const email = newEmail();
    const { tokens } = await service.gateway.register({ email, password: 'a password to look for' });
    const [account] = await service.database.query<{ password_hash: string }>(
      'SELECT * FROM `account` WHERE `email` = ?',
      [email],
    );
    expect(account?.password_hash).toMatch(/^\$argon2id\$/);
    expect(JSON.stringify(account)).not.toContain('a password to look for');
    const stored = await service.database.query('SELECT HEX(`hash`) AS `hash` FROM `refresh_token`');
    const hex = Buffer.from(tokens.refreshToken, 'base64url').toString('hex').toUpperCase();
    expect(JSON.stringify(stored)).not.toContain(hex);
    expect(JSON.stringify(stored)).not.toContain(
      Buffer.from(tokens.refreshToken).toString('hex').toUpperCase(),
    );
  });
});

describe('asking whose a number is', () => {
  it('answers operators, with no more than they need', async () => {
    const registered = await service.gateway.register();
    const { id, kind, displayName } = registered.account;
    const operator = { ...principalIn(registered), accountId: '1', kind: 'operator' as const };
    const ask = (accountId: string, principal: identity.Principal) =>
      service.gateway.call(identity.getOwner, { accountId }, { principal });

    expect(await ask(id, operator)).toEqual({ id, kind, displayName });
    await expect(ask('404', operator)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(ask(id, principalIn(registered))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('asking for an account', () => {
  it('answers its owner', async () => {
    const registered = await service.gateway.register();
    const { account } = registered;
    const principal = principalIn(registered);
    expect(await service.gateway.call(identity.getAccount, { accountId: account.id }, { principal })).toEqual(
      account,
    );
  });

  it('refuses everybody else, and those who did not say who they are', async () => {
    const [ada, eve] = [await service.gateway.register(), await service.gateway.register()];
    const accountId = ada.account.id;
    await expect(
      service.gateway.call(identity.getAccount, { accountId }, { principal: principalIn(eve) }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(service.gateway.call(identity.getAccount, { accountId })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});
