import type { withdrawal } from '#libs/contracts';
import type { SandboxClient } from '#libs/testing';
import type { Books } from '../../../e2e/support/books.js';

export interface OurWithdrawal {
  readonly id: string;
  readonly ownerId: string;
  readonly key: string;
  readonly state: withdrawal.WithdrawalState;
  readonly amount: bigint;
  readonly problem: withdrawal.PayoutProblem | null;
}

const TABLE = '`clearbid_withdrawal`.`withdrawal`';

/** Longer than a call may be on its way: while it may, no refusal of its repeat is believed. */
const LONGEST_PAUSE_SECONDS = 2;

/** What is not decided, or not booked. A payout that waits for its payee is neither. */
const PENDING: readonly (readonly [string, string])[] = [
  ['withdrawals', `SELECT \`id\` FROM ${TABLE} WHERE \`state\` IN ('REQUESTED', 'IN_REVIEW', 'APPROVED')`],
  [
    'withdrawals to book',
    `SELECT \`id\` FROM ${TABLE} WHERE (\`state\` IN ('PAID', 'REJECTED', 'CANCELLED', 'FAILED', 'RETURNED') AND \`settle_transfer_id\` IS NULL)
        OR (\`state\` = 'RETURNED' AND \`return_transfer_id\` IS NULL)`,
  ],
  [
    'earnings to mature',
    "SELECT `id` FROM `clearbid_wallet`.`account` WHERE `kind` = 'traffic_pending' AND `posted` > 0",
  ],
];

/** What the platform has stored of withdrawals, read past it, beside what the channels know. */
export class WithdrawalBook {
  constructor(
    private readonly books: Books,
    private readonly sandbox: SandboxClient,
  ) {}

  /** How much of each kind is still under way; empty when nothing is. */
  async pending(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [what, sql] of PENDING) counts[what] = (await this.books.query(sql)).length;
    counts['payouts'] = (await this.payingThatNobodyWaitsFor()).length;
    counts['payouts coming back'] = (await this.unseenReturns()).length + (await this.comingBack());
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  }

  /** What is only waited for is due soon. */
  async letTimePass(): Promise<void> {
    const ids = [...(await this.payingThatNobodyWaitsFor()), ...(await this.unseenReturns())];
    await this.books.query(
      `UPDATE ${TABLE} SET \`next_action_at\` = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
        WHERE \`next_action_at\` > UTC_TIMESTAMP(3) + INTERVAL ? SECOND AND (\`state\` = 'REQUESTED' OR \`id\` IN (?))`,
      [LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, ['0', ...ids]],
    );
  }

  async all(): Promise<OurWithdrawal[]> {
    interface Row {
      readonly id: string;
      readonly owner_id: string;
      readonly idempotency_key: string;
      readonly state: withdrawal.WithdrawalState;
      readonly amount: string;
      readonly problem: withdrawal.PayoutProblem | null;
    }
    const rows = await this.books.query<Row>(
      `SELECT \`id\`, \`owner_id\`, \`idempotency_key\`, \`state\`, \`amount\`, \`problem\` FROM ${TABLE}`,
    );
    return rows.map(({ id, owner_id: ownerId, idempotency_key: key, state, amount, problem }) => ({
      id,
      ownerId,
      key,
      state,
      amount: BigInt(amount),
      problem,
    }));
  }

  private async payingThatNobodyWaitsFor(): Promise<string[]> {
    const waiting = await this.sandbox.transfers({ status: 'AWAITS_PAYEE' });
    const awaited = new Set(waiting.map(({ outTransferNo }) => outTransferNo));
    const paying = await this.books.query<{ id: string; awaits_payee: string; cancel_asked: string }>(
      `SELECT \`id\`, \`awaits_payee\`, \`cancel_asked\` FROM ${TABLE} WHERE \`state\` = 'PAYING'`,
    );
    // One that is to be cancelled waits for the channel, and one that the payee can't know of yet for us.
    return paying
      .filter(
        (row) => !awaited.has(row.id) || Number(row.cancel_asked) === 1 || Number(row.awaits_payee) === 0,
      )
      .map(({ id }) => id);
  }

  private async unseenReturns(): Promise<string[]> {
    const returned = await this.sandbox.transfers({ status: 'RETURNED' });
    const ids = returned.map(({ outTransferNo }) => outTransferNo);
    const unseen = await this.books.query<{ id: string }>(
      `SELECT \`id\` FROM ${TABLE} WHERE \`state\` = 'PAID' AND \`id\` IN (?)`,
      [['0', ...ids]],
    );
    return unseen.map(({ id }) => id);
  }

  private async comingBack(): Promise<number> {
    const arrived = await this.sandbox.transfers({ status: 'SUCCEEDED' });
    return arrived.filter(({ next }) => next !== null).length;
  }
}
