import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Journal } from '../journal/journal.js';
import { DueQueue } from '../schedule/due-queue.js';
import type { ChannelName, Trade, TradeState, TradeTerms } from './trade.js';

const KIND = 'trade';
/** Books of 0.1 knew one application only, and did not name it: the demo's. */
const FORMER_ACCOUNT = '2021000000000001';

export type OpenOutcome =
  | { readonly outcome: 'created' | 'existing'; readonly trade: Trade }
  /** There is a trade of that number already: with other terms, paid, or closed. */
  | { readonly outcome: 'mismatch' | 'paid' | 'closed'; readonly trade: Trade }
  | { readonly outcome: 'expired' };

export interface Payment {
  /** What the buyer pays; the trade's amount unless told. */
  readonly amountFen?: bigint;
  /** Paid and at once beyond any refund. */
  readonly finished?: boolean;
  /** Whether money is taken for a closed trade, too: the channel's mistake, or its race. */
  readonly evenIfClosed?: boolean;
  /** When; now unless told. */
  readonly paidAt?: number;
}

export type PayOutcome = 'paid' | 'already-paid' | 'closed';
export type CloseOutcome = 'closed' | 'already-closed' | 'paid';

export interface TradeFilter {
  readonly state?: TradeState;
  readonly channel?: ChannelName;
  readonly limit: number;
  /** Only trades created before the one of this sequence number. */
  readonly before?: number;
}

/**
 * The channels' own book of trades: who asked for what, what was paid. It knows no channel's words. A trade closes by
 * itself at its expiry, whether anybody looks or not.
 */
@Injectable()
export class TradeBook implements OnApplicationShutdown {
  private readonly trades: Trade[] = [];
  private readonly byOutTradeNo = new Map<string, Trade>();
  private readonly byTradeNo = new Map<string, Trade>();
  private readonly byCashierToken = new Map<string, Trade>();
  private readonly expiry = new DueQueue((key) => {
    const trade = this.byOutTradeNo.get(key);
    if (trade) this.settle(trade);
  });
  private readonly closeListeners: ((trade: Trade) => void)[] = [];

  constructor(private readonly journal: Journal) {
    for (const trade of journal.take<Trade>(KIND).sort((a, b) => a.sequence - b.sequence)) {
      this.remember({ ...trade, account: trade.account ?? FORMER_ACCOUNT, queries: 0 });
    }
  }

  onApplicationShutdown(): void {
    this.expiry.stop();
  }

  /** Called after a trade was closed unpaid, by the merchant or by its expiry. */
  onClosed(listener: (trade: Trade) => void): void {
    this.closeListeners.push(listener);
  }

  /**
   * The trade of these terms: a new one, or the one that the same terms opened before.
   *
   * @param newTradeNo makes the channel's number for a new trade, from its sequence number.
   */
  open(terms: TradeTerms, newTradeNo: (sequence: number, now: number) => string): OpenOutcome {
    const known = this.find(terms.channel, terms.outTradeNo);
    if (known) return { outcome: matchTerms(known, terms), trade: known };
    const now = Date.now();
    if (terms.expiresAt <= now) return { outcome: 'expired' };
    const sequence = (this.trades.at(-1)?.sequence ?? 0) + 1;
    const trade: Trade = {
      ...terms,
      sequence,
      tradeNo: newTradeNo(sequence, now),
      cashierToken: randomBytes(18).toString('base64url'),
      createdAt: now,
      state: 'WAITING',
      queries: 0,
    };
    this.remember(trade);
    this.save(trade);
    return { outcome: 'created', trade };
  }

  find(channel: ChannelName, outTradeNo: string): Trade | undefined {
    return this.settled(this.byOutTradeNo.get(keyOf(channel, outTradeNo)));
  }

  findByTradeNo(channel: ChannelName, tradeNo: string): Trade | undefined {
    return this.settled(this.byTradeNo.get(keyOf(channel, tradeNo)));
  }

  findByCashierToken(token: string): Trade | undefined {
    return this.settled(this.byCashierToken.get(token));
  }

  /** Newest first. */
  list(filter: TradeFilter): Trade[] {
    const found: Trade[] = [];
    for (let at = this.trades.length - 1; at >= 0 && found.length < filter.limit; at -= 1) {
      const trade = this.settled(this.trades[at]);
      if (trade === undefined || trade.sequence >= (filter.before ?? Infinity)) continue;
      if (filter.state !== undefined && trade.state !== filter.state) continue;
      if (filter.channel !== undefined && trade.channel !== filter.channel) continue;
      found.push(trade);
    }
    return found;
  }

  /** Everything of a channel that was paid, in order of creation. */
  paid(channel: ChannelName): Trade[] {
    return this.trades.filter((trade) => trade.channel === channel && trade.paidAt !== undefined);
  }

  countByState(): Record<TradeState, number> {
    const counts: Record<TradeState, number> = { WAITING: 0, PAID: 0, FINISHED: 0, CLOSED: 0 };
    for (const trade of this.trades) counts[this.settle(trade).state] += 1;
    return counts;
  }

  pay(trade: Trade, payment: Payment): PayOutcome {
    this.settle(trade);
    if (trade.state === 'PAID' || trade.state === 'FINISHED') return 'already-paid';
    if (trade.state === 'CLOSED' && !payment.evenIfClosed) return 'closed';
    trade.state = payment.finished ? 'FINISHED' : 'PAID';
    trade.paidAt = payment.paidAt ?? Date.now();
    trade.paidFen = payment.amountFen ?? trade.amountFen;
    this.expiry.delete(keyOf(trade.channel, trade.outTradeNo));
    this.save(trade);
    return 'paid';
  }

  close(trade: Trade): CloseOutcome {
    this.settle(trade);
    if (trade.state === 'CLOSED') return 'already-closed';
    if (trade.state !== 'WAITING') return 'paid';
    this.markClosed(trade, 'merchant');
    return 'closed';
  }

  private settled(trade: Trade | undefined): Trade | undefined {
    return trade && this.settle(trade);
  }

  /** A timer may fire a little late; nobody may see a trade as payable after its expiry because of that. */
  private settle(trade: Trade): Trade {
    if (trade.state === 'WAITING' && trade.expiresAt <= Date.now()) this.markClosed(trade, 'expiry');
    return trade;
  }

  private markClosed(trade: Trade, by: 'merchant' | 'expiry'): void {
    trade.state = 'CLOSED';
    trade.closedAt = Date.now();
    trade.closedBy = by;
    this.expiry.delete(keyOf(trade.channel, trade.outTradeNo));
    this.save(trade);
    for (const listener of this.closeListeners) listener(trade);
  }

  private remember(trade: Trade): void {
    this.trades.push(trade);
    this.byOutTradeNo.set(keyOf(trade.channel, trade.outTradeNo), trade);
    this.byTradeNo.set(keyOf(trade.channel, trade.tradeNo), trade);
    this.byCashierToken.set(trade.cashierToken, trade);
    if (trade.state === 'WAITING') this.expiry.set(keyOf(trade.channel, trade.outTradeNo), trade.expiresAt);
  }

  private save(trade: Trade): void {
    this.journal.put(KIND, keyOf(trade.channel, trade.outTradeNo), trade);
  }
}

function keyOf(channel: ChannelName, number: string): string {
  return `${channel}:${number}`;
}

function matchTerms(known: Trade, terms: TradeTerms): 'existing' | 'mismatch' | 'paid' | 'closed' {
  if (known.state === 'CLOSED') return 'closed';
  if (known.state !== 'WAITING') return 'paid';
  return known.amountFen === terms.amountFen && known.subject === terms.subject ? 'existing' : 'mismatch';
}
