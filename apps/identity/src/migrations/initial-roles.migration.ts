import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The roles of the first release. A migration is history: a permission that comes later comes with a migration of
 * its own, and this list stays as it is.
 */
const PERMISSIONS_BY_ROLE: Readonly<Record<string, { description: string; permissions: readonly string[] }>> =
  {
    merchant: {
      description: 'Advertises, and recharges a wallet to pay for it',
      permissions: [
        'account:read',
        'session:read',
        'session:end',
        'wallet:read',
        'recharge:create',
        'recharge:read',
        'recharge:close',
      ],
    },
    traffic_owner: {
      description: 'Shows ads, and earns from them',
      permissions: ['account:read', 'session:read', 'session:end', 'wallet:read'],
    },
    operator: {
      description: 'Runs the platform',
      permissions: [
        'account:read',
        'session:read',
        'session:end',
        'payment-conflict:read',
        'dead-letter:read',
        'dead-letter:replay',
      ],
    },
    auditor: {
      description: 'Sees what operators see, and changes nothing',
      permissions: [
        'account:read',
        'session:read',
        'session:end',
        'payment-conflict:read',
        'dead-letter:read',
      ],
    },
  };

export class InitialRoles1763700000001 implements MigrationInterface {
  readonly name = 'InitialRoles1763700000001';

  async up(runner: QueryRunner): Promise<void> {
    const roles = Object.entries(PERMISSIONS_BY_ROLE);
    const permissions = [...new Set(roles.flatMap(([, role]) => role.permissions))];
    await runner.query(
      `INSERT INTO \`role\` (\`name\`, \`description\`) VALUES ?
         ON DUPLICATE KEY UPDATE \`description\` = VALUES(\`description\`)`,
      [roles.map(([name, { description }]) => [name, description])],
    );
    await runner.query('INSERT IGNORE INTO `permission` (`name`) VALUES ?', [
      permissions.map((name) => [name]),
    ]);
    await runner.query('INSERT IGNORE INTO `role_permission` (`role`, `permission`) VALUES ?', [
      roles.flatMap(([name, role]) => role.permissions.map((permission) => [name, permission])),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM `role_permission`');
    await runner.query('DELETE FROM `permission`');
    await runner.query('DELETE FROM `role`');
  }
}
