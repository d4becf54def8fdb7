import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#libs/database';
import { Alarm } from './alarm.js';
import { BookReader } from './book-reader.js';
import { CheckerConfig } from './checker.config.js';
import { entriesBy } from './entries-by.js';
import type { Found } from './found.js';
import { judgeTransfer, sealsOf, unbalancedBook } from './judge.js';
import { ProgressRepository } from './progress.repository.js';
import { ReplayAccounts } from './replay-accounts.js';
import { type ReplayState, newPass, parseReplayState } from './replay-state.js';

/**
 * Goes over the whole book, again and again: every account from its first entry, then every transfer, then the sum of all
 * balances. Each round is a transaction of its own over a few hundred rows, which locks nothing that a posting wants, and
 * plans the next one so late that all replicas together keep to the speed that is configured.
 */
@Injectable()
export class Replay {
  constructor(
    private readonly database: Database,
    private readonly reader: BookReader,
    private readonly progress: ProgressRepository,
    private readonly accounts: ReplayAccounts,
    private readonly alarm: Alarm,
    private readonly config: CheckerConfig,
  ) {}

  /** @returns how many entries and transfers were looked at; 0 when another replica is at it, or it is not due. */
  async round(): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const progress = await this.progress.claim(transaction, 'replay');
      if (!progress) return 0;
      const before = parseReplayState(progress.state);
      const { state, found } =
        before.phase === 'accounts'
          ? await this.accounts.next(transaction, before, this.config.replayBatch)
          : await this.nextTransfers(transaction, before);
      await this.alarm.raise(transaction, found, 'replay');
      const isNewPass = state.pass !== before.pass;
      const work = isNewPass ? 0 : state.entries - before.entries + state.transfers - before.transfers;
      const dueInMs = isNewPass ? this.config.replayPauseMs : (work * 1_000) / this.config.replayPerSecond;
      const saved = {
        position: state.pass,
        checked: progress.checked + work,
        state: JSON.stringify(state),
      };
      await this.progress.save(transaction, 'replay', saved, dueInMs);
      return isNewPass ? 0 : Math.max(work, 1);
    });
  }

  private async nextTransfers(
    transaction: Transaction,
    state: ReplayState,
  ): Promise<{ state: ReplayState; found: Found[] }> {
    const transfers = await this.reader.transfersAfter(
      transaction,
      state.transferId,
      this.config.replayBatch,
    );
    const last = transfers.at(-1);
    if (!last) return this.finish(transaction, state);
    // Read after the transfers, and written with them: all entries of what was seen are to be seen.
    const entries = await this.reader.entriesOf(
      transaction,
      transfers.map(({ id }) => id),
    );
    const byTransfer = entriesBy(entries, 'transferId');
    const found = transfers.flatMap(
      (transfer) => judgeTransfer(transfer, sealsOf(transfer), byTransfer.get(transfer.id) ?? []) ?? [],
    );
    return {
      state: { ...state, transferId: last.id, transfers: state.transfers + transfers.length },
      found,
    };
  }

  private async finish(
    transaction: Transaction,
    { pass, startedAt, entries, transfers }: ReplayState,
  ): Promise<{ state: ReplayState; found: Found[] }> {
    const sum = await this.reader.sumOfBalances(transaction);
    const now = new Date();
    return {
      state: newPass(pass + 1, { startedAt, finishedAt: now, entries, transfers }, now),
      found: sum === 0n ? [] : [unbalancedBook(sum)],
    };
  }
}
