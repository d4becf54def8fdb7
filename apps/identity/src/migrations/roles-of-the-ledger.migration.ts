import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger's checker and adjustments, and the way out: who may see, ask for and approve what. */
const PERMISSIONS_BY_ROLE: Readonly<Record<string, readonly string[]>> = {
  traffic_owner: ['earnings:read', 'payout-account:manage', 'withdrawal:create', 'withdrawal:read'],
  operator: [
    'ledger:read',
    'ledger:settle',
    'adjustment:request',
    'adjustment:approve',
    'withdrawal:review',
    'withdrawal:approve',
    'payout:manage',
  ],
  // Begins nothing, but can be the second person that an adjustment needs.
  auditor: ['ledger:read', 'adjustment:approve', 'withdrawal:review'],
};

export class RolesOfTheLedger1764378000001 implements MigrationInterface {
  readonly name = 'RolesOfTheLedger1764378000001';

  async up(runner: QueryRunner): Promise<void> {
    const roles = Object.entries(PERMISSIONS_BY_ROLE);
    const permissions = [...new Set(roles.flatMap(([, names]) => names))];
    await runner.query('INSERT IGNORE INTO `permission` (`name`) VALUES ?', [
      permissions.map((name) => [name]),
    ]);
    await runner.query('INSERT IGNORE INTO `role_permission` (`role`, `permission`) VALUES ?', [
      roles.flatMap(([role, names]) => names.map((permission) => [role, permission])),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    const names = [...new Set(Object.values(PERMISSIONS_BY_ROLE).flat())];
    await runner.query('DELETE FROM `role_permission` WHERE `permission` IN (?)', [names]);
    await runner.query('DELETE FROM `permission` WHERE `name` IN (?)', [names]);
  }
}
