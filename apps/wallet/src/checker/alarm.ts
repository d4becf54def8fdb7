import { Injectable } from '@nestjs/common';
import { wallet } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { Outbox } from '#libs/outbox';
import { Log, Metrics } from '#libs/service';
import { FindingRepository } from './finding.repository.js';
import type { Found } from './found.js';

/** Says what was found, each finding once: a row, a frozen account, an event, a line in the log and a metric. */
@Injectable()
export class Alarm {
  private readonly findings;

  constructor(
    private readonly repository: FindingRepository,
    private readonly outbox: Outbox,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.findings = metrics.counter('wallet_checker_findings_total', 'Places where the book is wrong', [
      'place',
      'found_by',
    ]);
  }

  /** In the transaction that notes how far the checker is: a crash undoes both or neither. */
  async raise(
    transaction: Transaction,
    found: readonly Found[],
    foundBy: wallet.FindingSource,
  ): Promise<void> {
    if (found.length === 0) return;
    const alarms = await this.repository.record(transaction, found, foundBy, new Date());
    for (const alarm of alarms)
      await this.outbox.append(transaction, wallet.ledgerAlarm, alarm.findingId, alarm);
    transaction.afterCommit(() => {
      for (const { place, detail, ...fields } of alarms) {
        this.findings.inc({ place, found_by: foundBy });
        this.log.error({ ...fields, place }, `The book is wrong. ${detail}`);
      }
    });
  }
}
