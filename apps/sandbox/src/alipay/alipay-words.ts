import { randomInt } from 'node:crypto';
import type { TradeState } from '../trade/trade.js';
import { formatBeijing } from '../trade/beijing-time.js';

/** The one buyer of the sandbox, in the form of Alipay's own test buyers. */
export const BUYER = { id: '2088722000000017', logonId: 'san***@sandbox.test' } as const;

/** How buyers pay here: from the balance of their Alipay account. */
export const FUND_CHANNEL = 'ALIPAYACCOUNT';

export const TRADE_STATUS = {
  WAITING: 'WAIT_BUYER_PAY',
  PAID: 'TRADE_SUCCESS',
  FINISHED: 'TRADE_FINISHED',
  CLOSED: 'TRADE_CLOSED',
} as const satisfies Record<TradeState, string>;

function compactDate(at: number): string {
  return formatBeijing(at).slice(0, 10).replaceAll('-', '');
}

function randomDigits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}

/** 28 digits: the day, Alipay's business code, and a part that the sequence number makes unique. */
export function newTradeNo(sequence: number, now: number): string {
  return `${compactDate(now)}220014${randomDigits(4)}${String(sequence).padStart(10, '0')}`;
}

/** 34 digits that begin with the day, as Alipay's. */
export function newNotifyId(now: number): string {
  return `${compactDate(now)}00222${randomDigits(12)}${randomDigits(9)}`;
}
