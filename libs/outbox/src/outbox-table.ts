/**
 * Lives in the schema of the service (and of each shard) whose changes it announces. Rows stay after they are sent:
 * they are the record of what was said, and the audit matches them with what was done.
 */
export const OUTBOX_TABLE_SQL = `
  CREATE TABLE IF NOT EXISTS \`outbox\` (
    \`id\` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    \`event_name\` VARCHAR(80) NOT NULL,
    \`aggregate_id\` VARCHAR(40) NOT NULL,
    \`payload\` JSON NOT NULL,
    \`headers\` JSON NOT NULL,
    \`created_at\` DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
    \`sent_at\` DATETIME(3) NULL,
    KEY \`outbox_unsent\` (\`sent_at\`, \`id\`),
    KEY \`outbox_aggregate\` (\`aggregate_id\`)
  ) ENGINE = InnoDB`;
