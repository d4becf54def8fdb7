import { Injectable } from '@nestjs/common';
import { Journal } from '../journal/journal.js';
import { RefundBook } from '../refund/refund-book.js';
import type { Refund } from '../refund/refund.js';
import { formatBeijing, parseBeijing } from '../trade/beijing-time.js';
import { TradeBook } from '../trade/trade-book.js';
import { reportedFen, type ChannelName, type Trade } from '../trade/trade.js';

const STATE_KIND = 'bill-state';
const PLANT_KIND = 'bill-plant';
const DAY_MS = 24 * 60 * 60_000;
/** What the channels keep of a payment, in hundredths of a percent. */
export const FEE_BASIS_POINTS = 60n;

/** A bill is written after the end of its day; until then the channel says that it is at it. */
export const BILL_STATES = ['ready', 'creating', 'missing'] as const;
export type BillState = (typeof BILL_STATES)[number];

/** A line of a day's bill, in no channel's own words. */
export interface BillRecord {
  readonly kind: 'payment' | 'refund';
  readonly trade: Trade;
  readonly refund?: Refund;
  readonly amountFen: bigint;
  /** Kept of a payment, given back with a refund. */
  readonly feeFen: bigint;
  readonly at: number;
}

/** A mistake of the channel in its bill: a line is left out, or says something else than the truth. */
export interface BillPlant {
  readonly channel: ChannelName;
  /** The merchant's number of the refund, or of the trade whose payment it is. */
  readonly number: string;
  readonly omit: boolean;
  readonly amountFen?: bigint;
  readonly feeFen?: bigint;
}

/** Fees are rounded to the fen, a half goes up. */
export function feeOf(amountFen: bigint): bigint {
  return (amountFen * FEE_BASIS_POINTS + 5_000n) / 10_000n;
}

/** Writes the channels' bills, with the mistakes that were ordered. */
@Injectable()
export class BillDesk {
  private readonly states = new Map<string, BillState>();
  private readonly plants = new Map<string, BillPlant>();

  constructor(
    private readonly journal: Journal,
    private readonly book: TradeBook,
    private readonly refunds: RefundBook,
  ) {
    for (const { date, state } of journal.take<{ date: string; state: BillState }>(STATE_KIND)) {
      this.states.set(date, state);
    }
    for (const plant of journal.take<BillPlant>(PLANT_KIND)) this.plants.set(keyOf(plant), plant);
  }

  /** @param date `2026-11-20`, a day in Beijing */
  stateOf(date: string, now: number): BillState {
    const ordered = this.states.get(date);
    if (ordered !== undefined) return ordered;
    const today = formatBeijing(now).slice(0, 10);
    if (date < today) return 'ready';
    return date === today ? 'creating' : 'missing';
  }

  /** Lets the bill of a day, also of this one, be there or not. */
  order(date: string, state: BillState): void {
    this.states.set(date, state);
    this.journal.put(STATE_KIND, date, { date, state });
  }

  plant(plant: BillPlant): void {
    this.plants.set(keyOf(plant), plant);
    this.journal.put(PLANT_KIND, keyOf(plant), plant);
  }

  /** What was paid, and what was asked back, on a day; payments first, each in order of time. */
  *records(channel: ChannelName, date: string): Generator<BillRecord> {
    const from = parseBeijing(`${date} 00:00:00`);
    if (from === undefined) return;
    const isOfDay = (at: number | undefined): boolean => at !== undefined && at >= from && at < from + DAY_MS;
    const paid = this.book.paid(channel).filter((trade) => isOfDay(trade.paidAt));
    for (const trade of paid.sort((one, other) => (one.paidAt ?? 0) - (other.paidAt ?? 0))) {
      const amountFen = reportedFen(trade);
      const record = {
        kind: 'payment',
        trade,
        amountFen,
        feeFen: feeOf(amountFen),
        at: trade.paidAt ?? 0,
      } as const;
      yield* this.withMistakes(channel, trade.outTradeNo, record);
    }
    for (const refund of this.refunds.all()) {
      if (refund.channel !== channel || !isOfDay(refund.createdAt) || refund.state === 'CLOSED') continue;
      const trade = this.book.find(channel, refund.outTradeNo);
      if (trade === undefined) continue;
      const { amountFen, createdAt: at } = refund;
      const record = { kind: 'refund', trade, refund, amountFen, feeFen: feeOf(amountFen), at } as const;
      yield* this.withMistakes(channel, refund.outRefundNo, record);
    }
  }

  private *withMistakes(channel: ChannelName, number: string, record: BillRecord): Generator<BillRecord> {
    const plant = this.plants.get(keyOf({ channel, number }));
    if (plant?.omit) return;
    const { amountFen = record.amountFen, feeFen = record.feeFen } = plant ?? {};
    yield { ...record, amountFen, feeFen };
  }
}

function keyOf(of: { channel: ChannelName; number: string }): string {
  return `${of.channel}:${of.number}`;
}
