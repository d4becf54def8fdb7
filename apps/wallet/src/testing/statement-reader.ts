import { Log } from '#libs/service';
import type { Database } from '#libs/database';
import { PostedTransferRepository } from '../statement/posted-transfer.repository.js';
import { StatementBlocks } from '../statement/statement-blocks.js';
import { StatementController } from '../statement/statement.controller.js';
import { StatementRepository } from '../statement/statement.repository.js';
import { StatementService } from '../statement/statement.service.js';

export interface StatementReader {
  readonly controller: StatementController;
  /** What was logged as a warning: its fields. */
  readonly warnings: readonly Record<string, unknown>[];
}

/** The wallet's own reading of a book, in this process. */
export function readStatements(database: Database): StatementReader {
  const warnings: Record<string, unknown>[] = [];
  const log = Log.create('wallet', 'wallet-1', 'silent');
  log.warn = (fields) => void warnings.push(fields);
  const repository = new StatementRepository(database);
  const service = new StatementService(repository, new StatementBlocks(database), log);
  const controller = new StatementController(
    service,
    repository,
    new PostedTransferRepository(database),
    log,
  );
  return { controller, warnings };
}
