import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { beijingDayOf } from '#libs/calendar';
import { DomainError, type RequestOf, type ResponseOf, type withdrawal } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import { within } from '#libs/jobs';
import { formatYuan } from '#libs/money';
import { Log } from '#libs/service';
import { PayoutAccountsService } from '../payout-accounts/payout-accounts.service.js';
import { WithdrawalConfig } from '../withdrawal.config.js';
import { chargesOf } from './charges.js';
import { assertAmount, assertWithinLimits, leftOf } from './limits.js';
import { OwnerHistory } from './owner-history.repository.js';
import { riskFlagsOf } from './risk.js';
import { Timeline } from './timeline.js';
import { WithdrawalProgress } from './withdrawal-progress.js';
import { type WithdrawalRow, canCancel, withdrawalOf } from './withdrawal-row.js';
import { WithdrawalSteps } from './withdrawal-steps.js';
import { WithdrawalRepository } from './withdrawal.repository.js';

type CreateRequest = RequestOf<typeof withdrawal.createWithdrawal>;

interface Payee {
  readonly account: withdrawal.PayoutAccount;
  readonly otherOwners: number;
}

/** When the sweep takes a withdrawal up whose maker has died over it. */
const TAKEN_UP_AFTER_MS = 10_000;
/** How often looking at one that its payee can take makes us ask the channel. */
const ASK_AT_MOST_EVERY_MS = 2_000;

/** Withdrawals that owners ask for. */
@Injectable()
export class WithdrawalsService {
  constructor(
    private readonly database: Database,
    private readonly withdrawals: WithdrawalRepository,
    private readonly history: OwnerHistory,
    private readonly accounts: PayoutAccountsService,
    private readonly progress: WithdrawalProgress,
    private readonly steps: WithdrawalSteps,
    private readonly timeline: Timeline,
    private readonly ids: IdGenerator,
    private readonly config: WithdrawalConfig,
    private readonly log: Log,
  ) {}

  async quote(ownerId: string, amount: bigint): Promise<ResponseOf<typeof withdrawal.quote>> {
    const { limits } = this.config;
    assertAmount(amount, limits);
    const before = await this.history.askedBefore(this.database, ownerId, beijingDayOf(new Date()));
    return { amount, ...this.chargesOf(amount), limits: leftOf(limits, before) };
  }

  /**
   * Writes the request down under the owner's lock, so that limits hold however many are asked for at once, and only then
   * asks the wallet to set the money aside. The same key gives the same withdrawal again.
   */
  async create(request: CreateRequest): Promise<withdrawal.Withdrawal> {
    assertAmount(request.amount, this.config.limits);
    const payee = await this.payeeOf(request);
    const id = await this.database.transaction((transaction) => this.write(transaction, request, payee));
    const after = await this.progressInTime(id);
    if (after.state !== 'REFUSED') return withdrawalOf(after);
    if (after.problem_message === 'ACCOUNT_FROZEN')
      throw new DomainError('ACCOUNT_FROZEN', `The wallet is stopped: withdrawal ${id} was not made`);
    const message = 'is more than what is available';
    throw new DomainError('INSUFFICIENT_FUNDS', `Withdrawal ${id} was not made: too little is available`, {
      errors: [{ field: 'amount', message }],
    });
  }

  async get(
    withdrawalId: string,
    ownerId: string | null,
  ): Promise<ResponseOf<typeof withdrawal.getWithdrawal>> {
    const row = await this.owned(withdrawalId, ownerId);
    if (row.state === 'PAYING') {
      const unansweredMs = this.config.callsArriveWithinMs;
      await this.withdrawals.askSoon(withdrawalId, { answeredMs: ASK_AT_MOST_EVERY_MS, unansweredMs });
    }
    return {
      withdrawal: withdrawalOf(row),
      events: await this.timeline.of(this.database, withdrawalId),
    };
  }

  async list(
    ownerId: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<ResponseOf<typeof withdrawal.listWithdrawals>> {
    const rows = await this.withdrawals.listOf(ownerId, cursor, limit + 1);
    const items = rows.slice(0, limit);
    return {
      items: items.map(withdrawalOf),
      nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
    };
  }

  /** Twice is as good as once. What the channel has already is cancelled there, if it still can be. */
  async cancel(withdrawalId: string, ownerId: string): Promise<withdrawal.Withdrawal> {
    for (;;) {
      const row = await this.owned(withdrawalId, ownerId);
      if (row.state === 'CANCELLED' || row.cancel_asked === 1) return withdrawalOf(row);
      if (!canCancel(row)) {
        const message = `Withdrawal ${withdrawalId} is ${row.state}: it can't be cancelled any more`;
        throw new DomainError('WITHDRAWAL_NOT_CANCELLABLE', message);
      }
      // Not done: it has gone on since it was read, and is looked at again. Each state is passed once, so this ends.
      if (row.state !== 'PAYING') await this.steps.cancel(row, ownerId);
      else if (await this.withdrawals.askToCancel(withdrawalId))
        return withdrawalOf(await this.advanceInTime({ ...row, cancel_asked: 1 }));
    }
  }

  /** @returns the withdrawal's id: a new one, or the one that the key has made before. */
  private async write(
    transaction: Transaction,
    request: CreateRequest,
    payee: Payee | DomainError,
  ): Promise<string> {
    const { ownerId, amount, idempotencyKey } = request;
    await this.history.lockOwner(transaction, ownerId);
    const before = await this.withdrawals.findByKey(transaction, ownerId, idempotencyKey);
    if (before) {
      if (before.request_hash.equals(hashOf(request))) return before.id;
      throw new DomainError(
        'IDEMPOTENCY_KEY_REUSED',
        `Idempotency-Key ${idempotencyKey} made withdrawal ${before.id} from another request`,
      );
    }
    if (payee instanceof DomainError) throw payee;
    const { account, otherOwners } = payee;
    const day = beijingDayOf(new Date());
    assertWithinLimits(amount, this.config.limits, await this.history.askedBefore(transaction, ownerId, day));
    const { fee, tax } = this.chargesOf(amount);
    const riskFlags = riskFlagsOf(
      {
        amount,
        otherOwnersOfThisAccount: otherOwners,
        ...(await this.history.riskOf(transaction, ownerId, account.id)),
      },
      this.config.risk,
    );
    const id = this.ids.nextId(0);
    await this.withdrawals.insert(transaction, {
      id,
      ownerId,
      idempotencyKey,
      requestHash: hashOf(request),
      method: account.method,
      payoutAccountId: account.id,
      maskedNumber: account.maskedNumber,
      maskedName: account.maskedName,
      bankName: account.bankName,
      amount,
      fee,
      tax,
      day,
      riskFlags,
      approvalsNeeded: amount >= this.config.twoApprovalsFrom ? 2 : 1,
      dueInMs: TAKEN_UP_AFTER_MS,
    });
    await this.timeline.append(
      transaction,
      id,
      'requested',
      { amount: formatYuan(amount), to: account.maskedNumber },
      ownerId,
    );
    return id;
  }

  /**
   * Looked up before the transaction: whoever holds a connection while waiting for another one can wait for ever. A refusal
   * counts only for what the key has not made before.
   */
  private async payeeOf({ ownerId, payoutAccountId }: CreateRequest): Promise<Payee | DomainError> {
    try {
      const account = await this.accounts.usable(ownerId, payoutAccountId);
      return { account, otherOwners: await this.accounts.otherOwners(account.id) };
    } catch (error) {
      if (error instanceof DomainError && error.code !== 'UNAVAILABLE') return error;
      throw error;
    }
  }

  /** @throws DomainError when fee and tax would leave nothing. */
  private chargesOf(amount: bigint) {
    const charges = chargesOf(amount, this.config.rates);
    if (charges.net > 0n) return charges;
    const message = `must be more than its fee and tax, ${formatYuan(charges.fee + charges.tax)} yuan`;
    throw new DomainError('AMOUNT_OUT_OF_RANGE', `amount ${message}`, {
      errors: [{ field: 'amount', message }],
    });
  }

  private async progressInTime(withdrawalId: string): Promise<WithdrawalRow> {
    const row = await this.found(withdrawalId);
    // Further on it is the sweep's: whoever repeats the request must not make us ask more often.
    return row.state === 'REQUESTED' ? this.advanceInTime(row) : row;
  }

  /** The work goes on after the answer: by itself, and by the sweep if we die. */
  private async advanceInTime(row: WithdrawalRow): Promise<WithdrawalRow> {
    const advancing = this.progress
      .advance(row)
      .catch((error: unknown) =>
        this.log.warn({ err: error, withdrawalId: row.id }, 'withdrawal is taken up again later'),
      );
    await within(advancing, this.config.answerWithinMs);
    return this.found(row.id);
  }

  private async found(withdrawalId: string): Promise<WithdrawalRow> {
    const row = await this.withdrawals.find(withdrawalId);
    if (row) return row;
    throw new Error(`Withdrawal ${withdrawalId} has vanished`);
  }

  /** @throws DomainError `WITHDRAWAL_NOT_FOUND`, also when it is somebody else's. */
  private async owned(withdrawalId: string, ownerId: string | null): Promise<WithdrawalRow> {
    const row = await this.withdrawals.find(withdrawalId);
    if (row && (ownerId === null || row.owner_id === ownerId)) return row;
    if (row) this.log.warn({ withdrawalId, ownerId }, "somebody asked for another owner's withdrawal");
    throw new DomainError('WITHDRAWAL_NOT_FOUND', `There is no withdrawal ${withdrawalId}`);
  }
}

/** Everything that decides where the money goes. */
function hashOf({ payoutAccountId, amount }: CreateRequest): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([payoutAccountId, amount.toString()]))
    .digest();
}
