import { Injectable } from '@nestjs/common';
import type { withdrawal } from '#libs/contracts';
import { Database } from '#libs/database';
import { Metrics } from '#libs/service';

interface OpenRow {
  readonly state: withdrawal.WithdrawalState;
  readonly method: withdrawal.PayoutMethod;
  readonly count: string;
  readonly seconds: string;
}

/** What has not ended, as metrics: a payout that stays unknown for hours is what an alarm is set on. */
@Injectable()
export class OpenWithdrawals {
  private readonly count;
  private readonly oldest;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    const labels = ['state', 'method'] as const;
    this.count = metrics.gauge('withdrawal_open', 'Withdrawals that have not ended', labels);
    this.oldest = metrics.gauge(
      'withdrawal_open_oldest_seconds',
      'Since when the oldest of them was sent, or asked for where none was sent yet',
      labels,
    );
  }

  /** Every replica tells the same. @returns how many kinds there are. */
  async measure(): Promise<number> {
    const rows = await this.database.query<OpenRow>(
      "SELECT `state`, `method`, COUNT(*) AS `count`, MAX(TIMESTAMPDIFF(SECOND, COALESCE(`sent_at`, `created_at`), UTC_TIMESTAMP(3))) AS `seconds` FROM `withdrawal` WHERE `state` IN ('REQUESTED', 'IN_REVIEW', 'APPROVED', 'PAYING') GROUP BY `state`, `method`",
    );
    // What there is none of any more is no longer told.
    this.count.reset();
    this.oldest.reset();
    for (const { state, method, count, seconds } of rows) {
      this.count.set({ state, method }, Number(count));
      this.oldest.set({ state, method }, Number(seconds));
    }
    return rows.length;
  }
}
