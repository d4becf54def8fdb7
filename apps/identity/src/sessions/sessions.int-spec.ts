import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { identity } from '#libs/contracts';
import { ACCESS_TOKEN, accessTokenClaims } from '#libs/sessions';
import { DEVICE, PASSWORD, startIdentity, type TestIdentity } from '../testing/identity-fixture.js';
import { SessionsRepository } from './sessions.repository.js';

// Generous for a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

let service: TestIdentity;

beforeAll(async () => {
  service = await startIdentity();
});

afterEach(() => service.clock.turnBack());

afterAll(() => service.stop());

/** Somebody who is signed in, and what they would send. */
interface Visitor {
  readonly account: identity.Account;
  readonly tokens: identity.Tokens;
  readonly sessionId: string;
  readonly principal: identity.Principal;
}

function visitorOf({ account, tokens }: { account: identity.Account; tokens: identity.Tokens }): Visitor {
  const { sid: sessionId } = accessTokenClaims.parse(decodeJwt(tokens.accessToken));
  const { id: accountId, kind, permissions } = account;
  return { account, tokens, sessionId, principal: { accountId, kind, sessionId, permissions } };
}

async function visitor(): Promise<Visitor> {
  return visitorOf(await service.gateway.register());
}

async function onAnotherDevice({ account }: Visitor, userAgent: string): Promise<Visitor> {
  return visitorOf(await service.gateway.signIn(account.email, PASSWORD, { ...DEVICE, userAgent }));
}

function resolve(sessionId: string): Promise<identity.Principal> {
  return service.gateway.call(identity.resolveSession, { sessionId });
}

function signOut({ principal }: Visitor, request: { accountId?: string; sessionId?: string } = {}) {
  return service.gateway.call(
    identity.signOut,
    { accountId: principal.accountId, ...request },
    { principal },
  );
}

async function list({ principal }: Visitor): Promise<identity.Session[]> {
  const { accountId } = principal;
  const { items } = await service.gateway.call(identity.listSessions, { accountId }, { principal });
  return items;
}

const ENDED = { code: 'SESSION_ENDED' };

describe('a session that Redis has lost', () => {
  it('comes back from MySQL, into Redis as well', async () => {
    const { sessionId, principal } = await visitor();
    await service.flushRedis();
    expect(await service.store.get(sessionId)).toBeNull();
    expect(await resolve(sessionId)).toEqual(principal);
    expect(await service.store.get(sessionId)).toEqual(principal);
  });

  it('stays ended when it was ended, and Redis is told so again', async () => {
    const ada = await visitor();
    await signOut(ada, { sessionId: ada.sessionId });
    await service.flushRedis();
    await expect(resolve(ada.sessionId)).rejects.toMatchObject(ENDED);
    expect(await service.store.get(ada.sessionId)).toBe('ended');
  });

  it('is over when its time is, when its account is suspended, and when it never was', async () => {
    const [expired, suspended] = [await visitor(), await visitor()];
    await service.flushRedis();
    await service.database.write("UPDATE `account` SET `state` = 'SUSPENDED' WHERE `id` = ?", [
      suspended.account.id,
    ]);
    await expect(resolve(suspended.sessionId)).rejects.toMatchObject(ENDED);
    await expect(resolve('4242')).rejects.toMatchObject(ENDED);
    service.clock.advance(30 * 86_400_000);
    await expect(resolve(expired.sessionId)).rejects.toMatchObject(ENDED);
  });

  it('is over for whoever asked just before it ended and is answered just after', async () => {
    const { sessionId } = await visitor();
    // As if the row had been read while it was live, and the mark set before the answer.
    await service.store.end(sessionId);
    await expect(resolve(sessionId)).rejects.toMatchObject(ENDED);
  });

  it('never comes back through somebody who asks for it at the moment of signing out', async () => {
    for (let round = 0; round < 20; round += 1) {
      const ada = await visitor();
      await service.flushRedis();
      await Promise.allSettled([
        ...Array.from({ length: 10 }, () => resolve(ada.sessionId)),
        signOut(ada, { sessionId: ada.sessionId }),
        ...Array.from({ length: 10 }, () => resolve(ada.sessionId)),
      ]);
      expect(await service.store.get(ada.sessionId)).toBe('ended');
    }
  });
});

describe('signing out', () => {
  it('ends this session and no other, at once and everywhere', async () => {
    const desk = await visitor();
    const phone = await onAnotherDevice(desk, 'Phone');
    expect(await signOut(phone, { sessionId: phone.sessionId })).toEqual({ ended: 1 });
    expect(await service.store.get(phone.sessionId)).toBe('ended');
    await expect(service.gateway.refresh(phone.tokens.refreshToken)).rejects.toMatchObject(ENDED);
    expect(await service.store.get(desk.sessionId)).toEqual(desk.principal);
    await service.gateway.refresh(desk.tokens.refreshToken);
    expect(await signOut(phone, { sessionId: phone.sessionId })).toEqual({ ended: 0 });
  });

  it('everywhere ends all sessions of the account and none of anybody else', async () => {
    const [desk, eve] = [await visitor(), await visitor()];
    const phone = await onAnotherDevice(desk, 'Phone');
    expect(await signOut(desk)).toEqual({ ended: 2 });
    for (const { sessionId, tokens } of [desk, phone]) {
      expect(await service.store.get(sessionId)).toBe('ended');
      await expect(service.gateway.refresh(tokens.refreshToken)).rejects.toMatchObject(ENDED);
    }
    expect(await service.store.get(eve.sessionId)).toEqual(eve.principal);
    await service.gateway.refresh(eve.tokens.refreshToken);
  });

  it("does nothing to somebody else's session, whichever way it is asked", async () => {
    const [ada, eve] = [await visitor(), await visitor()];
    expect(await signOut(eve, { sessionId: ada.sessionId })).toEqual({ ended: 0 });
    await expect(signOut(eve, { accountId: ada.account.id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(signOut(eve, { accountId: ada.account.id, sessionId: ada.sessionId })).rejects.toMatchObject(
      { code: 'FORBIDDEN' },
    );
    await expect(service.gateway.call(identity.signOut, { accountId: ada.account.id })).rejects.toMatchObject(
      { code: 'UNAUTHENTICATED' },
    );
    expect(await service.store.get(ada.sessionId)).toEqual(ada.principal);
    await service.gateway.refresh(ada.tokens.refreshToken);
  });
});

describe('a process that dies between MySQL and Redis', () => {
  /** What is left when the end of a session was committed and nobody could tell Redis. */
  async function endInMySqlOnly({ account, sessionId }: Visitor): Promise<void> {
    const sessions = new SessionsRepository();
    await sessions.end(service.database, account.id, sessionId, 'signed_out', service.clock.now());
  }

  it('leaves an ended session usable only as long as its access token lives', async () => {
    const ada = await visitor();
    await endInMySqlOnly(ada);
    expect(await service.store.get(ada.sessionId)).toEqual(ada.principal);
    await expect(service.gateway.refresh(ada.tokens.refreshToken)).rejects.toMatchObject(ENDED);
    const [key = ''] = await service.redis.keys(`*${ada.sessionId}*`);
    const leftMs = await service.redis.pttl(key);
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(ACCESS_TOKEN.lifeMs);
  });

  it('is made good by the same message delivered again', async () => {
    const ada = await visitor();
    await endInMySqlOnly(ada);
    expect(await signOut(ada, { sessionId: ada.sessionId })).toEqual({ ended: 0 });
    expect(await service.store.get(ada.sessionId)).toBe('ended');
  });
});

describe('the list of devices', () => {
  it('shows where the account is signed in, the last used first, and nobody else', async () => {
    const desk = await visitor();
    await visitor();
    service.clock.advance(1_000);
    const phone = await onAnotherDevice(desk, 'Phone');
    expect((await list(desk)).map(({ id, device }) => [id, device.userAgent])).toEqual([
      [phone.sessionId, 'Phone'],
      [desk.sessionId, DEVICE.userAgent],
    ]);

    service.clock.advance(1_000);
    await service.gateway.refresh(desk.tokens.refreshToken);
    expect((await list(desk)).map(({ id }) => id)).toEqual([desk.sessionId, phone.sessionId]);

    await signOut(phone, { sessionId: phone.sessionId });
    expect((await list(desk)).map(({ id }) => id)).toEqual([desk.sessionId]);
  });

  it('is shown to its owner only', async () => {
    const [ada, eve] = [await visitor(), await visitor()];
    await expect(
      service.gateway.call(
        identity.listSessions,
        { accountId: ada.account.id },
        { principal: eve.principal },
      ),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
