import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { RolesRepository } from '../roles/roles.repository.js';
import { PasswordHasher } from '../sign-in/password-hasher.js';
import { PASSWORD, startIdentity, type TestIdentity } from '../testing/identity-fixture.js';
import { DEMO_PASSWORD } from './demo-accounts.js';
import { DemoSeed } from './demo-seed.js';

// Generous for a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

let service: TestIdentity;

beforeAll(async () => {
  service = await startIdentity({ replicas: 1 });
});

afterAll(() => service.stop());

function seed(loadMerchants: number): Promise<number> {
  const hasher = new PasswordHasher({ concurrency: 1, queueLimit: 0 });
  const demo = new DemoSeed(service.database, new AccountsRepository(), new RolesRepository(), hasher);
  return demo.run(loadMerchants, service.clock.now());
}

function signIn(email: string) {
  return service.gateway.signIn(email, DEMO_PASSWORD);
}

describe('the demo accounts', () => {
  it('are made once, and are the same ones after that', async () => {
    expect(await seed(0)).toBe(4);
    const before = await signIn('merchant@demo.test');
    expect(await seed(0)).toBe(0);
    const after = await signIn('merchant@demo.test');
    expect(after.account).toEqual(before.account);
    expect(after.account.id).toBe('1985523115622400001');
  });

  it('have the kinds and roles that the demo is about', async () => {
    await seed(0);
    const emails = ['merchant@demo.test', 'traffic@demo.test', 'operator@demo.test', 'auditor@demo.test'];
    const accounts = await Promise.all(emails.map(async (email) => (await signIn(email)).account));
    expect(accounts.map(({ kind, roles }) => [kind, ...roles])).toEqual([
      ['merchant', 'merchant'],
      ['traffic_owner', 'traffic_owner'],
      ['operator', 'operator'],
      ['operator', 'auditor'],
    ]);
    expect(accounts[2]?.permissions).toContain('dead-letter:replay');
    expect(accounts[3]?.permissions).not.toContain('dead-letter:replay');
  });

  it('come with as many merchants as a load test wants, and later with more', async () => {
    await seed(700);
    expect((await signIn('merchant700@load.test')).account.roles).toEqual(['merchant']);
    expect(await seed(1_200)).toBe(500);
    const [row] = await service.database.query<{ accounts: string; roles: string; ids: string }>(
      `SELECT COUNT(*) AS \`accounts\`, COUNT(r.\`role\`) AS \`roles\`, COUNT(DISTINCT a.\`id\`) AS \`ids\`
         FROM \`account\` a LEFT JOIN \`account_role\` r ON r.\`account_id\` = a.\`id\`
        WHERE a.\`email\` LIKE 'merchant%@load.test'`,
    );
    expect([row?.accounts, row?.roles, row?.ids].map(Number)).toEqual([1_200, 1_200, 1_200]);
  });

  it('leave an account alone that somebody has registered under such an address', async () => {
    const { account } = await service.gateway.register({ email: 'merchant1201@load.test' });
    expect(await seed(1_202)).toBe(1);
    const signedIn = await service.gateway.signIn('merchant1201@load.test', PASSWORD);
    expect(signedIn.account.id).toBe(account.id);
  });

  it('are completed when an earlier seed was cut short', async () => {
    await seed(0);
    await service.database.write('DELETE FROM `account_role` WHERE `account_id` = 1985523115622400002');
    expect((await signIn('traffic@demo.test')).account.roles).toEqual([]);
    await seed(0);
    expect((await signIn('traffic@demo.test')).account.roles).toEqual(['traffic_owner']);
  });
});
