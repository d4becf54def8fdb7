import type { payment } from '#libs/contracts';
import { someId } from './people.js';

/** A recharge of 50 yuan by Alipay that waits for its buyer. */
export function aRecharge(more: Partial<payment.Recharge> = {}): payment.Recharge {
  return {
    id: someId(),
    merchantId: someId(),
    state: 'PAYING',
    amount: 50_000_000n,
    refundedAmount: 0n,
    refundingAmount: 0n,
    jsapiParameters: null,
    paidLate: false,
    inConflict: false,
    offer: null,
    channel: 'alipay',
    method: 'page',
    outTradeNo: someId(),
    channelTradeNo: null,
    payUrl: 'http://localhost:3100/cashier?order=1',
    codeUrl: null,
    createdAt: new Date('2026-11-20T08:30:00.000Z'),
    expiresAt: new Date('2026-11-20T08:45:00.000Z'),
    paidAt: null,
    creditedAt: null,
    closedAt: null,
    ...more,
  };
}
