import assert from 'node:assert/strict';
import { payment } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { ChannelError } from '../channel-error.js';
import type { ChannelRefund, PayCredential, PrepayRequest, RefundRequest } from '../payment-channel.js';
import type { ChannelBench, Need } from './channel-bench.js';

export const AMOUNT = 50_000_000n;
const AN_HOUR_MS = 60 * 60 * 1_000;

export interface ConformanceCase<Bench = ChannelBench> {
  readonly words: string;
  /** All that it can't do without. */
  readonly needs?: readonly Need[];
  readonly run: (bench: Bench) => Promise<void>;
}

export function methodsOf({ channel }: ChannelBench): payment.PayMethod[] {
  return payment.payMethod.options.filter((method) => channel.capabilities.methods[method]);
}

export function requestOf(bench: ChannelBench, more: Partial<PrepayRequest> = {}): PrepayRequest {
  const [method] = methodsOf(bench);
  assert.ok(method, 'A channel has a method');
  return {
    outTradeNo: bench.newNumber(),
    method,
    amount: AMOUNT,
    subject: 'Clearbid recharge',
    expiresAt: new Date(Date.now() + AN_HOUR_MS),
    notifyUrl: 'http://merchant.test/v1/notify',
    returnUrl: 'http://merchant.test/recharges/7',
    payerOpenId: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
    payerAddress: '203.0.113.7',
    ...more,
  };
}

/** A trade that the channel knows and nobody has paid. */
export async function waiting(bench: ChannelBench, more: Partial<PrepayRequest> = {}): Promise<string> {
  const request = requestOf(bench, more);
  await bench.open(request.outTradeNo, await bench.channel.prepay(request));
  return request.outTradeNo;
}

export async function paid(bench: ChannelBench, more: Partial<PrepayRequest> = {}): Promise<string> {
  const outTradeNo = await waiting(bench, more);
  await bench.pay(outTradeNo);
  return outTradeNo;
}

export function refundOf(bench: ChannelBench, outTradeNo: string, amount = AMOUNT): RefundRequest {
  return {
    outTradeNo,
    outRefundNo: bench.newNumber(),
    amount,
    totalAmount: AMOUNT,
    reason: 'asked for',
    notifyUrl: 'http://merchant.test/v1/notify',
  };
}

/** What became of a refund: a channel may take it first, and decide a moment later. */
export async function decided({ channel }: ChannelBench, refund: RefundRequest): Promise<ChannelRefund> {
  return eventually(`refund ${refund.outRefundNo} is decided`, async () => {
    const answer = await channel.queryRefund(refund);
    return answer.state !== 'PROCESSING' && answer;
  });
}

export async function stateOf(answer: Promise<{ readonly state: string }>): Promise<string> {
  return (await answer).state;
}

export function waysOf({ payUrl, codeUrl, jsapiParameters }: PayCredential): number {
  return [payUrl, codeUrl, jsapiParameters].filter((way) => way !== null).length;
}

/** What a call rejects with, which is a `ChannelError` whatever happened. */
export async function failureOf(work: Promise<unknown>): Promise<ChannelError> {
  try {
    await work;
  } catch (error) {
    assert.ok(
      ChannelError.is(error),
      `A channel rejects with ChannelError only, and not with ${String(error)}`,
    );
    return error;
  }
  return assert.fail('It did not fail');
}
