import { identity } from '#libs/contracts';
import type { SqlExecutor } from '#libs/database';
import { Injectable } from '@nestjs/common';

export type RoleName = 'merchant' | 'traffic_owner' | 'operator' | 'auditor';

export interface Grant {
  readonly accountId: string;
  readonly role: RoleName;
}

export interface Grants {
  readonly roles: string[];
  readonly permissions: identity.Permission[];
}

@Injectable()
export class RolesRepository {
  /** Roles that an account has already stay as they are. */
  async grant(sql: SqlExecutor, grants: readonly Grant[], now: Date): Promise<void> {
    if (grants.length === 0) return;
    await sql.write(
      `INSERT INTO \`account_role\` (\`account_id\`, \`role\`, \`granted_at\`) VALUES ?
         ON DUPLICATE KEY UPDATE \`role\` = \`account_role\`.\`role\``,
      [grants.map(({ accountId, role }) => [accountId, role, now])],
    );
  }

  /** The roles of an account, and what they allow taken together. */
  async grantsOf(sql: SqlExecutor, accountId: string): Promise<Grants> {
    const rows = await sql.query<{ role: string; permission: string | null }>(
      `SELECT ar.\`role\`, rp.\`permission\`
         FROM \`account_role\` ar
         LEFT JOIN \`role_permission\` rp ON rp.\`role\` = ar.\`role\`
        WHERE ar.\`account_id\` = ?
        ORDER BY ar.\`role\`, rp.\`permission\``,
      [accountId],
    );
    const names = new Set(rows.map((row) => row.permission));
    return {
      roles: [...new Set(rows.map((row) => row.role))],
      // In a rolling update the tables already hold permissions that this release has no route for.
      permissions: identity.permission.options.filter((permission) => names.has(permission)),
    };
  }
}
