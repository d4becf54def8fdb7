import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds, webhooks, offers, channels and reconciliation, and who may do what with them. */
const PERMISSIONS_BY_ROLE: Readonly<Record<string, readonly string[]>> = {
  merchant: ['refund:create', 'webhook:manage'],
  operator: [
    'order:read-any',
    'refund:read-any',
    'payment-conflict:settle',
    'offer:read',
    'offer:manage',
    'channel:read',
    'channel:manage',
    'reconciliation:read',
    'reconciliation:run',
    'reconciliation:settle',
    'reconciliation:approve',
  ],
  // Changes nothing alone, but can be the second person that a write-off needs.
  auditor: [
    'order:read-any',
    'refund:read-any',
    'offer:read',
    'channel:read',
    'reconciliation:read',
    'reconciliation:approve',
  ],
};

export class RolesOfEveryWayToPay1763769600001 implements MigrationInterface {
  readonly name = 'RolesOfEveryWayToPay1763769600001';

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
