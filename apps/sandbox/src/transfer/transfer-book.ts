import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SandboxConfig } from '../config.js';
import { Journal } from '../journal/journal.js';
import { DueQueue } from '../schedule/due-queue.js';
import type { ChannelName } from '../trade/trade.js';
import { MerchantAccounts } from './merchant-accounts.js';
import {
  hasEnded,
  isMoneyBack,
  type NextStep,
  type Transfer,
  type TransferEnd,
  type TransferFailure,
  type TransferState,
  type TransferTerms,
} from './transfer.js';

const KIND = 'transfer';
/** What the channel takes for a confirmed or cancelled transfer; divided by the time scale. */
const STEP_MS = 1_000;
/** 64 characters of base64, as the real thing: whoever puts it into a link has to encode it. */
const CONFIRMATION_BYTES = 48;

/** How a new transfer goes on. */
export interface TransferCourse {
  readonly state: 'SUCCEEDED' | 'AWAITS_PAYEE' | 'FAILED';
  /** Until it gets there; `null` leaves it in process until somebody ends it. */
  readonly afterMs: number | null;
  readonly failure?: TransferFailure;
  readonly isConcealed?: boolean;
  readonly unconfirmed?: TransferEnd;
  readonly comesBack?: TransferEnd;
}

export type TransferOutcome =
  | { readonly outcome: 'created' | 'existing'; readonly transfer: Transfer }
  /** The number was used for something else. */
  | { readonly outcome: 'mismatch' }
  | { readonly outcome: 'short-of-funds' };

export interface TransferFilter {
  readonly state?: TransferState;
  readonly channel?: ChannelName;
  readonly account?: string;
  readonly limit: number;
  /** Only transfers created before the one of this sequence number. */
  readonly before?: number;
}

/** How the control API ends a transfer. */
export type TransferVerdict =
  | { readonly state: 'SUCCEEDED'; readonly paidAt?: number }
  | { readonly state: 'FAILED'; readonly failure: TransferFailure };

/** The channels' own book of what they paid to whom. It knows no channel's words. */
@Injectable()
export class TransferBook implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly transfers: Transfer[] = [];
  private readonly byKey = new Map<string, Transfer>();
  private readonly byTransferNo = new Map<string, Transfer>();
  private readonly byConfirmation = new Map<string, Transfer>();
  private readonly due = new DueQueue((key) => {
    const transfer = this.byKey.get(key);
    if (transfer?.next) this.enter(transfer, transfer.next.state, transfer.next.failure);
  });

  constructor(
    private readonly config: SandboxConfig,
    private readonly journal: Journal,
    private readonly accounts: MerchantAccounts,
  ) {
    for (const transfer of journal.take<Transfer>(KIND).sort((a, b) => a.sequence - b.sequence)) {
      this.remember(transfer);
      if (!isMoneyBack(transfer)) accounts.move(transfer.channel, transfer.account, transfer.amountFen);
    }
  }

  /** Takes up what the last run left unfinished. */
  onApplicationBootstrap(): void {
    for (const transfer of this.transfers) this.schedule(transfer);
  }

  onApplicationShutdown(): void {
    this.due.stop();
  }

  /** The transfer that was asked for under this number before, or what keeps the terms from being it. */
  known(terms: TransferTerms): Exclude<TransferOutcome, { outcome: 'short-of-funds' }> | undefined {
    const transfer = this.find(terms.channel, terms.account, terms.outTransferNo);
    if (transfer === undefined) return undefined;
    return transfer.content === terms.content ? { outcome: 'existing', transfer } : { outcome: 'mismatch' };
  }

  /** The transfer of these terms: a new one, or the one that was asked for before. The money is gone from now on. */
  request(
    terms: TransferTerms,
    course: TransferCourse,
    newTransferNo: (sequence: number, now: number) => string,
  ): TransferOutcome {
    const known = this.known(terms);
    if (known) return known;
    if (this.accounts.balanceFen(terms.channel, terms.account) < terms.amountFen) {
      return { outcome: 'short-of-funds' };
    }
    const now = Date.now();
    const { state, afterMs, failure, unconfirmed, comesBack } = course;
    const sequence = (this.transfers.at(-1)?.sequence ?? 0) + 1;
    const transfer: Transfer = {
      ...terms,
      sequence,
      transferNo: newTransferNo(sequence, now),
      confirmation: randomBytes(CONFIRMATION_BYTES).toString('base64'),
      createdAt: now,
      isConcealed: course.isConcealed ?? false,
      ...(unconfirmed === undefined ? {} : { unconfirmed }),
      ...(comesBack === undefined ? {} : { comesBack }),
      state: 'PROCESSING',
      updatedAt: now,
      next: { state, at: afterMs === null ? null : now + afterMs, ...(failure && { failure }) },
    };
    this.remember(transfer);
    this.accounts.move(terms.channel, terms.account, terms.amountFen);
    if (afterMs === 0) this.enter(transfer, state, failure);
    else this.keep(transfer);
    return { outcome: 'created', transfer };
  }

  find(channel: ChannelName, account: string, outTransferNo: string): Transfer | undefined {
    return this.byKey.get(`${channel}:${account}:${outTransferNo}`);
  }

  findByTransferNo(channel: ChannelName, transferNo: string): Transfer | undefined {
    return this.byTransferNo.get(`${channel}:${transferNo}`);
  }

  findByConfirmation(confirmation: string): Transfer | undefined {
    return this.byConfirmation.get(confirmation);
  }

  /** Whoever's number it is; the newest when several merchants use the same one. */
  findByNumber(outTransferNo: string): Transfer | undefined {
    return this.transfers.findLast((transfer) => transfer.outTransferNo === outTransferNo);
  }

  /** Newest first. */
  list(filter: TransferFilter): Transfer[] {
    const { state, channel, account, before = Infinity } = filter;
    const found: Transfer[] = [];
    for (let at = this.transfers.length - 1; at >= 0 && found.length < filter.limit; at -= 1) {
      const transfer = this.transfers[at];
      if (transfer === undefined || transfer.sequence >= before) continue;
      if (state !== undefined && transfer.state !== state) continue;
      if (channel !== undefined && transfer.channel !== channel) continue;
      if (account !== undefined && transfer.account !== account) continue;
      found.push(transfer);
    }
    return found;
  }

  /** The payee takes the money. @returns `false` when it is not theirs to take. */
  confirm(transfer: Transfer): boolean {
    if (transfer.state !== 'AWAITS_PAYEE') return false;
    this.enter(transfer, 'TRANSFERRING');
    return true;
  }

  /** The merchant takes it back. @returns `false` when it is too late. */
  cancel(transfer: Transfer): boolean {
    if (transfer.state === 'CANCELLING' || transfer.state === 'CANCELLED') return true;
    if (transfer.state !== 'PROCESSING' && transfer.state !== 'AWAITS_PAYEE') return false;
    this.enter(transfer, 'CANCELLING');
    return true;
  }

  /**
   * Ends what keeps a transfer from going on: as told, or else as it would go by itself, where a payee who is waited for
   * takes the money.
   *
   * @returns `false` when there is nothing left to decide.
   */
  settle(transfer: Transfer, verdict?: TransferVerdict): boolean {
    if (hasEnded(transfer)) return false;
    if (verdict?.state === 'FAILED') this.enter(transfer, 'FAILED', verdict.failure);
    else if (verdict !== undefined || transfer.state === 'AWAITS_PAYEE') {
      if (verdict?.paidAt !== undefined) transfer.paidAt = verdict.paidAt;
      this.enter(transfer, 'SUCCEEDED');
    } else this.enter(transfer, transfer.next?.state ?? 'SUCCEEDED', transfer.next?.failure);
    return true;
  }

  /** What had arrived comes back. @returns `false` when nothing has arrived, or it is back already. */
  giveBack(transfer: Transfer, failure: TransferFailure, returnedAt?: number): boolean {
    if (transfer.state !== 'SUCCEEDED') return false;
    if (returnedAt !== undefined) transfer.returnedAt = returnedAt;
    this.enter(transfer, 'RETURNED', failure);
    return true;
  }

  private enter(transfer: Transfer, state: TransferState, failure?: TransferFailure): void {
    const now = Date.now();
    transfer.state = state;
    transfer.updatedAt = now;
    if (state === 'SUCCEEDED') transfer.paidAt ??= now;
    if (state === 'RETURNED') transfer.returnedAt ??= now;
    if (failure !== undefined) transfer.failure = failure;
    transfer.next = this.nextOf(transfer, now);
    if (isMoneyBack(transfer)) this.accounts.move(transfer.channel, transfer.account, -transfer.amountFen);
    this.keep(transfer);
  }

  private nextOf({ state, unconfirmed, comesBack }: Transfer, now: number): NextStep | undefined {
    const ofEnd = (to: TransferState, end: TransferEnd | undefined): NextStep | undefined =>
      end && { state: to, at: now + end.afterMs, failure: end.failure };
    const stepAt = now + STEP_MS / this.config.timeScale;
    switch (state) {
      case 'AWAITS_PAYEE':
        return ofEnd('FAILED', unconfirmed);
      case 'TRANSFERRING':
        return { state: 'SUCCEEDED', at: stepAt };
      case 'CANCELLING':
        return { state: 'CANCELLED', at: stepAt };
      case 'SUCCEEDED':
        return ofEnd('RETURNED', comesBack);
      default:
        return undefined;
    }
  }

  private remember(transfer: Transfer): void {
    this.transfers.push(transfer);
    this.byKey.set(keyOf(transfer), transfer);
    this.byTransferNo.set(`${transfer.channel}:${transfer.transferNo}`, transfer);
    this.byConfirmation.set(transfer.confirmation, transfer);
  }

  private keep(transfer: Transfer): void {
    this.schedule(transfer);
    this.journal.put(KIND, keyOf(transfer), transfer);
  }

  private schedule(transfer: Transfer): void {
    const at = transfer.next?.at ?? null;
    if (at === null) this.due.delete(keyOf(transfer));
    else this.due.set(keyOf(transfer), at);
  }
}

function keyOf({ channel, account, outTransferNo }: TransferTerms): string {
  return `${channel}:${account}:${outTransferNo}`;
}
