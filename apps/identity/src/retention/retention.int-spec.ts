import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newEmail, startIdentity, type TestIdentity } from '../testing/identity-fixture.js';
import { RetentionService } from './retention.service.js';

const DAY_MS = 86_400_000;

// Generous for a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

let service: TestIdentity;

beforeAll(async () => {
  service = await startIdentity({ replicas: 1 });
});

afterEach(() => service.clock.turnBack());

afterAll(() => service.stop());

async function rowsOf(table: 'refresh_token' | 'session' | 'sign_in_failure'): Promise<number> {
  const [row] = await service.database.query<{ count: string }>(
    `SELECT COUNT(*) AS \`count\` FROM \`${table}\``,
  );
  return Number(row?.count);
}

describe('what has expired', () => {
  it('is deleted, in its own time, and nothing before', async () => {
    const retention = service.get(RetentionService);
    const { tokens } = await service.gateway.register();
    await service.gateway.refresh(tokens.refreshToken);
    await expect(service.gateway.signIn(newEmail())).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });

    expect(await retention.clean()).toEqual({ failures: 0, tokens: 0, sessions: 0 });
    service.clock.advance(DAY_MS);
    expect(await retention.clean()).toEqual({ failures: 2, tokens: 0, sessions: 0 });
    service.clock.advance(30 * DAY_MS);
    expect(await retention.clean()).toEqual({ failures: 0, tokens: 2, sessions: 0 });
    service.clock.advance(90 * DAY_MS);
    expect(await retention.clean()).toEqual({ failures: 0, tokens: 0, sessions: 1 });
    expect(
      await Promise.all([rowsOf('sign_in_failure'), rowsOf('refresh_token'), rowsOf('session')]),
    ).toEqual([0, 0, 0]);
  });

  it('is deleted to the last row, however much it is', async () => {
    const now = service.clock.now();
    const rows = Array.from(
      { length: 1_300 },
      (_, i) => ['email', `guess-${i}@nowhere.test`, 1, now] as const,
    );
    await service.database.write(
      'INSERT INTO `sign_in_failure` (`scope`, `subject`, `failures`, `forgotten_at`) VALUES ?',
      [rows],
    );
    service.clock.advance(1_000);
    expect(await service.get(RetentionService).clean()).toMatchObject({ failures: 1_300 });
  });
});
