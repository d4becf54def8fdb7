import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the checker knows and has found. It follows the outbox from where that is today: what was posted before, and what
 * an old replica posts while this runs, is the replay's. Can be run again after any statement.
 */
export class Checker1764464400004 implements MigrationInterface {
  name = 'Checker1764464400004';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of [PROGRESS, ANCHOR, FINDING, FINDING_ACCOUNT]) await runner.query(table);
    await runner.query(
      "INSERT IGNORE INTO `checker_progress` (`name`, `position`, `due_at`) SELECT 'commits', COALESCE(MAX(`id`), 0), UTC_TIMESTAMP(3) FROM `outbox`",
    );
    await runner.query(
      "INSERT IGNORE INTO `checker_progress` (`name`, `position`, `due_at`) VALUES ('replay', 0, UTC_TIMESTAMP(3))",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['finding_account', 'finding', 'anchor', 'progress'])
      await runner.query(`DROP TABLE IF EXISTS \`checker_${table}\``);
  }
}

/** One row each for what follows the commits and for the replay. Whoever has locked it is the one that works. */
const PROGRESS = `
  CREATE TABLE IF NOT EXISTS \`checker_progress\` (
    \`name\` VARCHAR(10) NOT NULL PRIMARY KEY,
    \`position\` BIGINT UNSIGNED NOT NULL,
    \`checked\` BIGINT UNSIGNED NOT NULL DEFAULT 0,
    \`state\` TEXT NULL,
    \`due_at\` DATETIME(3) NOT NULL
  ) ENGINE = InnoDB`;

/** An account's newest entry that was verified: what comes later must continue it, and no replay may end elsewhere. */
const ANCHOR = `
  CREATE TABLE IF NOT EXISTS \`checker_anchor\` (
    \`account_id\` BIGINT NOT NULL PRIMARY KEY,
    \`seq\` BIGINT NOT NULL,
    \`link\` BINARY(32) NOT NULL,
    \`balance\` BIGINT NOT NULL
  ) ENGINE = InnoDB`;

/** \`place\` and \`fingerprint\`: the same damage at the same place is one finding, for ever. */
const FINDING = `
  CREATE TABLE IF NOT EXISTS \`checker_finding\` (
    \`id\` BIGINT NOT NULL PRIMARY KEY,
    \`place_key\` VARCHAR(64) NOT NULL,
    \`fingerprint\` BINARY(32) NOT NULL,
    \`place\` VARCHAR(10) NOT NULL,
    \`found_by\` VARCHAR(10) NOT NULL,
    \`problems\` VARCHAR(300) NOT NULL,
    \`detail\` VARCHAR(500) NOT NULL,
    \`account_code\` VARCHAR(80) NULL,
    \`seq\` BIGINT NULL,
    \`transfer_id\` BIGINT NULL,
    \`state\` VARCHAR(8) NOT NULL,
    \`found_at\` DATETIME(3) NOT NULL,
    \`settled_by\` BIGINT NULL,
    \`settled_at\` DATETIME(3) NULL,
    \`reason\` VARCHAR(500) NULL,
    \`unfrozen_at\` DATETIME(3) NULL,
    UNIQUE KEY \`checker_finding_place\` (\`place_key\`, \`fingerprint\`),
    KEY \`checker_finding_state\` (\`state\`, \`id\`)
  ) ENGINE = InnoDB`;

/** The accounts that a finding has frozen. */
const FINDING_ACCOUNT = `
  CREATE TABLE IF NOT EXISTS \`checker_finding_account\` (
    \`finding_id\` BIGINT NOT NULL,
    \`account_id\` BIGINT NOT NULL,
    PRIMARY KEY (\`finding_id\`, \`account_id\`),
    KEY \`checker_finding_of_account\` (\`account_id\`)
  ) ENGINE = InnoDB`;
