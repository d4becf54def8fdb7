import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import type { identity } from '#libs/contracts';
import { DEVICE, PASSWORD, newEmail, startIdentity, type TestIdentity } from '../testing/identity-fixture.js';
import { ADDRESS_LIMIT } from './attempt-limit.js';
import { SignInFailuresRepository } from './sign-in-failures.repository.js';

const MINUTE_MS = 60_000;
const WRONG = 'wrong password';

// Generous for a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

let service: TestIdentity;
let lastAddress = 0;

beforeAll(async () => {
  service = await startIdentity();
});

afterEach(() => service.clock.turnBack());

afterAll(() => service.stop());

/** Somewhere nobody has failed from so far. */
function newDevice(): identity.Device {
  lastAddress += 1;
  return { ...DEVICE, address: `198.51.100.${lastAddress}` };
}

async function registered(): Promise<string> {
  const { account } = await service.gateway.register();
  return account.email;
}

/** The codes of the refusals (or `ok`) of so many attempts, one after the other. */
async function attempts(email: string, times: number, password = WRONG): Promise<string[]> {
  const device = newDevice();
  const codes: string[] = [];
  for (let i = 0; i < times; i += 1)
    codes.push(await codeOf(service.gateway.signIn(email, password, device)));
  return codes;
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function count(codes: readonly string[], code: string): number {
  return codes.filter((one) => one === code).length;
}

const FIVE_REFUSED = Array<string>(5).fill('BAD_CREDENTIALS');

describe('signing in', () => {
  it('takes the e-mail address in any case, and only with its password', async () => {
    const email = await registered();
    const { account, tokens } = await service.gateway.signIn(email.toUpperCase());
    expect(account).toMatchObject({ email, roles: ['merchant'] });
    expect(tokens.refreshTokenExpiresAt.getTime()).toBeGreaterThan(Date.now() + 29 * 24 * 60 * MINUTE_MS);
    await expect(service.gateway.signIn(email, WRONG)).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });
  });

  it('says the same about an unknown address as about a wrong password', async () => {
    const refusals: unknown[] = [];
    for (const email of [await registered(), newEmail()]) {
      await service.gateway.signIn(email, WRONG).catch((error: unknown) => refusals.push(error));
    }
    const [wrong, unknown] = refusals as { code: string; message: string; details: unknown }[];
    expect(unknown).toMatchObject({ code: wrong?.code, message: wrong?.message, details: wrong?.details });
  });

  it('lets twenty honest sign-ins of one account in at the same moment', async () => {
    const email = await registered();
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(service.gateway.signIn(email, PASSWORD, DEVICE))),
    );
    expect(count(codes, 'ok')).toBe(20);
  });

  it('does not let a suspended account in, and says so to whoever knows its password', async () => {
    const email = await registered();
    await service.database.write("UPDATE `account` SET `state` = 'SUSPENDED' WHERE `email` = ?", [email]);
    expect(await attempts(email, 1, PASSWORD)).toEqual(['FORBIDDEN']);
    expect(await attempts(email, 1, WRONG)).toEqual(['BAD_CREDENTIALS']);
  });

  it('hashes the password anew when it was hashed with weaker parameters', async () => {
    const email = await registered();
    const weaker = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await service.database.write('UPDATE `account` SET `password_hash` = ? WHERE `email` = ?', [
      weaker,
      email,
    ]);
    const stored = async () => {
      const [row] = await service.database.query<{ password_hash: string }>(
        'SELECT `password_hash` FROM `account` WHERE `email` = ?',
        [email],
      );
      return row?.password_hash;
    };
    expect(await attempts(email, 1, WRONG)).toEqual(['BAD_CREDENTIALS']);
    expect(await stored()).toBe(weaker);
    expect(await attempts(email, 1, PASSWORD)).toEqual(['ok']);
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await attempts(email, 1, PASSWORD)).toEqual(['ok']);
  });
});

describe('failing to sign in', () => {
  it('locks the address after five failures, also for the right password, and says for how long', async () => {
    const email = await registered();
    expect(await attempts(email, 5)).toEqual(FIVE_REFUSED);
    await expect(service.gateway.signIn(email, PASSWORD, newDevice())).rejects.toMatchObject({
      code: 'SIGN_IN_LOCKED',
      details: { retryAfterSeconds: expect.any(Number) },
    });
    const refusal = (await service.gateway.signIn(email).catch((error: unknown) => error)) as {
      details: { retryAfterSeconds: number };
    };
    expect(refusal.details.retryAfterSeconds).toBeGreaterThan(0);
    expect(refusal.details.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it('locks an address that nobody has registered just the same', async () => {
    expect(await attempts(newEmail(), 6)).toEqual([...FIVE_REFUSED, 'SIGN_IN_LOCKED']);
  });

  it('unlocks after a minute, then after two', async () => {
    const email = await registered();
    await attempts(email, 5);
    service.clock.advance(MINUTE_MS);
    expect(await attempts(email, 2)).toEqual(['BAD_CREDENTIALS', 'SIGN_IN_LOCKED']);
    service.clock.advance(MINUTE_MS);
    expect(await attempts(email, 1)).toEqual(['SIGN_IN_LOCKED']);
    service.clock.advance(MINUTE_MS);
    expect(await attempts(email, 1, PASSWORD)).toEqual(['ok']);
  });

  it('starts afresh after a success', async () => {
    const email = await registered();
    await attempts(email, 4);
    expect(await attempts(email, 1, PASSWORD)).toEqual(['ok']);
    expect(await attempts(email, 6)).toEqual([...FIVE_REFUSED, 'SIGN_IN_LOCKED']);
  });

  it('stays locked when Redis is emptied', async () => {
    const email = await registered();
    await attempts(email, 5);
    await service.flushRedis();
    expect(await attempts(email, 1, PASSWORD)).toEqual(['SIGN_IN_LOCKED']);
  });

  it('checks no more than five of a hundred guesses that arrive at once', async () => {
    const email = await registered();
    const guesses = Array.from({ length: 100 }, (_, i) =>
      service.gateway.signIn(email, `guess ${i}`, newDevice()),
    );
    const codes = await Promise.all(guesses.map(codeOf));
    expect(count(codes, 'BAD_CREDENTIALS')).toBe(5);
    expect(count(codes, 'SIGN_IN_LOCKED')).toBe(95);
  });
});

describe('failing from one address with many accounts', () => {
  async function failFrom(device: identity.Device, times: number): Promise<string[]> {
    const failures = Array.from({ length: times }, () => service.gateway.signIn(newEmail(), WRONG, device));
    return Promise.all(failures.map(codeOf));
  }

  it('locks that address after a hundred failures, and no other', async () => {
    const email = await registered();
    const device = newDevice();
    const codes = await failFrom(device, ADDRESS_LIMIT.failures + 20);
    expect(count(codes, 'BAD_CREDENTIALS')).toBe(ADDRESS_LIMIT.failures);
    expect(count(codes, 'SIGN_IN_LOCKED')).toBe(20);
    expect(await codeOf(service.gateway.signIn(email, PASSWORD, device))).toBe('SIGN_IN_LOCKED');
    expect(await codeOf(service.gateway.signIn(email, PASSWORD, newDevice()))).toBe('ok');
  });

  it('does not count successes, and does not forget the failures because of them', async () => {
    const email = await registered();
    const device = newDevice();
    await failFrom(device, ADDRESS_LIMIT.failures - 1);
    for (let i = 0; i < 3; i += 1) {
      expect(await codeOf(service.gateway.signIn(email, PASSWORD, device))).toBe('ok');
    }
    expect(await failFrom(device, 1)).toEqual(['BAD_CREDENTIALS']);
    expect(await failFrom(device, 1)).toEqual(['SIGN_IN_LOCKED']);
  });
});

describe('an attempt whose password was never checked', () => {
  it('does not count', async () => {
    const failures = service.get(SignInFailuresRepository);
    const [email, { address }] = [await registered(), newDevice()];
    for (let i = 0; i < 20; i += 1) {
      const reservation = await failures.reserve(email, address, service.clock.now());
      if (!reservation.reserved) throw new Error(`refused at ${i}`);
      await failures.abandoned(reservation);
    }
    expect(await attempts(email, 5)).toEqual(FIVE_REFUSED);
  });
});
