import type { Database } from '#libs/database';
import { eventually } from '#libs/testing';

/** `innodb_trx` shows what it showed before to whoever looks more often. */
const INNODB_LOOKS_AGAIN_AFTER_MS = 150;

/**
 * Until somebody in this schema waits for a row that somebody else has locked.
 *
 * @param statement what it waits with: how its SQL begins.
 */
export async function untilWaits(database: Database, statement: string): Promise<void> {
  await eventually(`a transaction waits with ${statement}`, () => somebodyWaits(database, statement), {
    everyMs: INNODB_LOOKS_AGAIN_AFTER_MS,
  });
}

async function somebodyWaits(database: Database, statement: string): Promise<boolean> {
  // Two questions: MariaDB 10.11 falls over a join of these two.
  const waiting = await database.query<{ thread: string | number }>(
    "SELECT `trx_mysql_thread_id` AS `thread` FROM `information_schema`.`innodb_trx` WHERE `trx_state` = 'LOCK WAIT' AND `trx_query` LIKE ?",
    [`${statement}%`],
  );
  const processes = await database.query<{ Id: string | number; db: string | null }>('SHOW PROCESSLIST');
  const ours = processes.filter(({ db }) => db === database.schema).map(({ Id }) => String(Id));
  return waiting.some(({ thread }) => ours.includes(String(thread)));
}
