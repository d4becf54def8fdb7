import { NODE_LEASE_TABLE_SQL } from '#libs/ids';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * DDL commits by itself, so a process that dies in the middle leaves the first tables behind: every statement can be
 * run again.
 */
export class InitialSchema1763700000000 implements MigrationInterface {
  readonly name = 'InitialSchema1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of TABLES) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of DROP_ORDER) await runner.query(`DROP TABLE IF EXISTS \`${table}\``);
  }
}

const ACCOUNTS = `
  CREATE TABLE IF NOT EXISTS \`account\` (
    \`id\` BIGINT NOT NULL PRIMARY KEY,
    \`email\` VARCHAR(254) NOT NULL,
    \`password_hash\` VARCHAR(255) NOT NULL,
    \`kind\` VARCHAR(20) NOT NULL,
    \`display_name\` VARCHAR(80) NOT NULL,
    \`state\` VARCHAR(20) NOT NULL,
    \`created_at\` DATETIME(3) NOT NULL,
    UNIQUE KEY \`account_email\` (\`email\`)
  ) ENGINE = InnoDB`;

const ROLES = `
  CREATE TABLE IF NOT EXISTS \`role\` (
    \`name\` VARCHAR(40) NOT NULL PRIMARY KEY,
    \`description\` VARCHAR(200) NOT NULL
  ) ENGINE = InnoDB`;

const PERMISSIONS = `
  CREATE TABLE IF NOT EXISTS \`permission\` (
    \`name\` VARCHAR(60) NOT NULL PRIMARY KEY
  ) ENGINE = InnoDB`;

const ROLE_PERMISSIONS = `
  CREATE TABLE IF NOT EXISTS \`role_permission\` (
    \`role\` VARCHAR(40) NOT NULL,
    \`permission\` VARCHAR(60) NOT NULL,
    PRIMARY KEY (\`role\`, \`permission\`),
    CONSTRAINT \`role_permission_role\` FOREIGN KEY (\`role\`) REFERENCES \`role\` (\`name\`),
    CONSTRAINT \`role_permission_permission\` FOREIGN KEY (\`permission\`) REFERENCES \`permission\` (\`name\`)
  ) ENGINE = InnoDB`;

const ACCOUNT_ROLES = `
  CREATE TABLE IF NOT EXISTS \`account_role\` (
    \`account_id\` BIGINT NOT NULL,
    \`role\` VARCHAR(40) NOT NULL,
    \`granted_at\` DATETIME(3) NOT NULL,
    PRIMARY KEY (\`account_id\`, \`role\`),
    CONSTRAINT \`account_role_account\` FOREIGN KEY (\`account_id\`) REFERENCES \`account\` (\`id\`),
    CONSTRAINT \`account_role_role\` FOREIGN KEY (\`role\`) REFERENCES \`role\` (\`name\`)
  ) ENGINE = InnoDB`;

const SESSIONS = `
  CREATE TABLE IF NOT EXISTS \`session\` (
    \`id\` BIGINT NOT NULL PRIMARY KEY,
    \`account_id\` BIGINT NOT NULL,
    \`user_agent\` VARCHAR(400) NOT NULL,
    \`address\` VARCHAR(64) NOT NULL,
    \`created_at\` DATETIME(3) NOT NULL,
    \`last_used_at\` DATETIME(3) NOT NULL,
    \`expires_at\` DATETIME(3) NOT NULL,
    \`ended_at\` DATETIME(3) NULL,
    \`end_reason\` VARCHAR(40) NULL,
    KEY \`session_account\` (\`account_id\`, \`ended_at\`),
    KEY \`session_expiry\` (\`expires_at\`),
    CONSTRAINT \`session_account\` FOREIGN KEY (\`account_id\`) REFERENCES \`account\` (\`id\`)
  ) ENGINE = InnoDB`;

/** The tokens themselves are nowhere: who reads this table can't sign in with it. */
const REFRESH_TOKENS = `
  CREATE TABLE IF NOT EXISTS \`refresh_token\` (
    \`hash\` BINARY(32) NOT NULL PRIMARY KEY,
    \`session_id\` BIGINT NOT NULL,
    \`issued_at\` DATETIME(3) NOT NULL,
    \`expires_at\` DATETIME(3) NOT NULL,
    \`used_at\` DATETIME(3) NULL,
    \`replaced_by\` BINARY(32) NULL,
    KEY \`refresh_token_session\` (\`session_id\`),
    KEY \`refresh_token_expiry\` (\`expires_at\`),
    CONSTRAINT \`refresh_token_session\` FOREIGN KEY (\`session_id\`) REFERENCES \`session\` (\`id\`) ON DELETE CASCADE
  ) ENGINE = InnoDB`;

/** `scope` is \`email\` or \`address\`; \`subject\` need not be anything that exists. */
const SIGN_IN_FAILURES = `
  CREATE TABLE IF NOT EXISTS \`sign_in_failure\` (
    \`scope\` VARCHAR(10) NOT NULL,
    \`subject\` VARCHAR(254) NOT NULL,
    \`failures\` INT UNSIGNED NOT NULL,
    \`locked_until\` DATETIME(3) NULL,
    \`forgotten_at\` DATETIME(3) NOT NULL,
    PRIMARY KEY (\`scope\`, \`subject\`),
    KEY \`sign_in_failure_forgotten\` (\`forgotten_at\`)
  ) ENGINE = InnoDB`;

const TABLES = [
  NODE_LEASE_TABLE_SQL,
  ACCOUNTS,
  ROLES,
  PERMISSIONS,
  ROLE_PERMISSIONS,
  ACCOUNT_ROLES,
  SESSIONS,
  REFRESH_TOKENS,
  SIGN_IN_FAILURES,
];

const DROP_ORDER = [
  'sign_in_failure',
  'refresh_token',
  'session',
  'account_role',
  'role_permission',
  'permission',
  'role',
  'account',
  'node_lease',
];
