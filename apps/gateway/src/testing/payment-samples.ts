import { payment } from '#libs/contracts';
import type { PlainService } from './plain-service.js';
import { someId } from './people.js';
import { aRecharge } from './recharge-samples.js';

const NOW = new Date('2026-11-20T08:30:00.000Z');
const LATER = new Date('2026-12-20T08:30:00.000Z');

export const aRefund = (more: Partial<payment.Refund> = {}): payment.Refund => ({
  id: someId(),
  rechargeId: someId(),
  attemptId: someId(),
  merchantId: someId(),
  kind: 'merchant',
  state: 'PROCESSING',
  amount: 20_000_000n,
  bonusAmount: 2_000_000n,
  reason: 'Bought too much',
  channel: 'wechat',
  channelRefundNo: null,
  problem: 'INSUFFICIENT_SELLER_BALANCE',
  problemMessage: 'Our account there has too little',
  createdAt: NOW,
  updatedAt: NOW,
  succeededAt: null,
  ...more,
});

const offer: payment.Offer = {
  id: someId(),
  name: 'November',
  rule: { type: 'threshold', tiers: [{ minAmount: 100_000_000n, bonus: 10_000_000n }] },
  firstRechargeOnly: false,
  startsAt: NOW,
  endsAt: LATER,
  perMerchantLimit: 3,
  enabled: true,
  createdBy: someId(),
  createdAt: NOW,
};

const webhook: payment.Webhook = {
  id: someId(),
  merchantId: someId(),
  url: 'https://shop.test/hooks',
  events: ['recharge.credited'],
  enabled: true,
  previousSecretUntil: LATER,
  createdAt: NOW,
};

const delivery: payment.WebhookDelivery = {
  id: someId(),
  webhookId: webhook.id,
  event: 'recharge.credited',
  rechargeId: someId(),
  state: 'PENDING',
  tries: 2,
  nextTryAt: LATER,
  lastStatus: 500,
  lastError: null,
  createdAt: NOW,
  deliveredAt: null,
};

const account: payment.ChannelAccount = {
  id: 'wechat-main',
  channel: 'wechat',
  enabled: true,
  weight: 100,
  ratePerSecond: 100,
  queued: 3,
  inFlight: 2,
  calls: 90,
  errors: 1,
  circuit: 'half_open',
  circuitReason: 'a probe was answered',
  changedAt: NOW,
};

const reconciliation: payment.Reconciliation = {
  id: someId(),
  accountId: 'wechat-main',
  channel: 'wechat',
  billDate: '2026-11-19',
  state: 'DONE',
  billLines: 12,
  paymentsMatched: 10,
  refundsMatched: 1,
  paidAmount: 500_000_000n,
  refundedAmount: 20_000_000n,
  feeAmount: 3_000_000n,
  differences: 1,
  openDifferences: 1,
  startedAt: NOW,
  finishedAt: LATER,
  message: null,
};

const difference: payment.Difference = {
  id: someId(),
  reconciliationId: reconciliation.id,
  accountId: 'wechat-main',
  channel: 'wechat',
  billDate: '2026-11-19',
  kind: 'AMOUNT_DIFFERS',
  state: 'OPEN',
  subject: 'payment',
  ourNumber: someId(),
  channelNumber: '42000000',
  rechargeId: someId(),
  merchantId: someId(),
  channelAmount: 50_000_000n,
  ourAmount: 49_000_000n,
  channelFee: 300_000n,
  ourFee: null,
  explanation: '=the bill has another amount',
  actions: ['accept', 'write_off'],
  reason: null,
  settledBy: null,
  approvedBy: null,
  settledAt: null,
  detectedAt: NOW,
};

const duplicate: payment.Duplicate = {
  attemptId: someId(),
  orderId: someId(),
  merchantId: someId(),
  channel: 'alipay',
  channelTradeNo: '2026112022001',
  amount: 50_000_000n,
  paidAt: NOW,
  refundId: someId(),
  refundState: 'SUCCEEDED',
};

const story: payment.StoryEvent = {
  id: '7',
  at: NOW,
  kind: 'channel.called',
  attemptId: someId(),
  refundId: null,
  channel: 'alipay',
  facts: { call: 'query', outcome: 'PAID', tookMs: 12, late: false, code: null },
};

const page = <Item>(item: Item) => ({ items: [item], nextCursor: null });

/** Payment's newer answers, every field filled. */
export function answerEveryWayToPay(service: PlainService): PlainService {
  return service
    .answer(payment.openAttempt, async ({ method }) =>
      aRecharge(method === 'native' ? { payUrl: null, state: 'CREATED' } : {}),
    )
    .answer(payment.listPayMethods, async () => ({
      items: [{ channel: 'wechat' as const, methods: ['native' as const] }],
    }))
    .answer(payment.getRechargeEvents, async () => page(story))
    .answer(payment.createRefund, async () => aRefund())
    .answer(payment.listRefunds, async () => ({ items: [aRefund({ succeededAt: LATER })] }))
    .answer(payment.searchRefunds, async () => page(aRefund()))
    .answer(payment.listDuplicates, async () => page(duplicate))
    .answer(payment.refundConflict, async () => aRefund({ kind: 'conflict' }))
    .answer(payment.searchOrders, async () => page(aRecharge()))
    .answer(payment.quoteOffers, async () => ({
      items: [{ offerId: offer.id, name: offer.name, rule: offer.rule, endsAt: null, bonusAmount: 1n }],
    }))
    .answer(payment.listOffers, async () => ({ items: [offer] }))
    .answer(payment.createOffer, async () => offer)
    .answer(payment.updateOffer, async () => ({ ...offer, enabled: false }))
    .answer(payment.createWebhook, async () => ({ webhook, secret: 'whsec_x' }))
    .answer(payment.listWebhooks, async () => ({ items: [webhook] }))
    .answer(payment.updateWebhook, async () => webhook)
    .answer(payment.deleteWebhook, async () => ({}))
    .answer(payment.rotateWebhookSecret, async () => ({ webhook, secret: 'whsec_y' }))
    .answer(payment.testWebhook, async () => ({}))
    .answer(payment.listDeliveries, async () => page(delivery))
    .answer(payment.resendDelivery, async () => delivery)
    .answer(payment.listChannelAccounts, async () => ({ items: [account] }))
    .answer(payment.setChannelAccount, async () => account)
    .answer(payment.startReconciliation, async () => ({ items: [reconciliation] }))
    .answer(payment.listReconciliations, async () => page(reconciliation))
    .answer(payment.getReconciliation, async () => reconciliation)
    .answer(payment.listDifferences, async () => page(difference))
    .answer(payment.settleDifference, async () => difference)
    .answer(payment.approveWriteOff, async () => difference);
}

/** One good call of each of their routes. */
export const CALLS_OF_MERCHANTS: readonly (readonly [route: `${string} /${string}`, body?: object])[] = [
  ['POST /v1/recharges/7/attempts', { channel: 'alipay', method: 'page' }],
  ['POST /v1/recharges/7/attempts', { channel: 'wechat', method: 'native' }],
  ['GET /v1/pay-methods'],
  ['GET /v1/recharges/7/events'],
  ['POST /v1/recharges/7/refunds', { amount: '20.00', reason: 'Bought too much' }],
  ['GET /v1/recharges/7/refunds'],
  ['GET /v1/recharge-offers?amount=50.00'],
  ['POST /v1/webhooks', { url: 'https://shop.test/hooks', events: ['recharge.credited'] }],
  ['GET /v1/webhooks'],
  ['PATCH /v1/webhooks/7', { enabled: false }],
  ['DELETE /v1/webhooks/7'],
  ['POST /v1/webhooks/7/secret'],
  ['POST /v1/webhooks/7/test'],
  ['GET /v1/webhook-deliveries?state=PENDING'],
  ['POST /v1/webhook-deliveries/7/resend'],
];

export const CALLS_OF_OPERATORS: readonly (readonly [route: `${string} /${string}`, body?: object])[] = [
  ['GET /v1/admin/recharge-offers'],
  [
    'POST /v1/admin/recharge-offers',
    {
      name: 'November',
      rule: { type: 'percentage', basisPoints: 1000, maxBonus: '100.00' },
      firstRechargeOnly: false,
      startsAt: '2026-11-20T08:30:00.000Z',
      endsAt: null,
      perMerchantLimit: null,
    },
  ],
  ['PATCH /v1/admin/recharge-offers/7', { enabled: false }],
  ['GET /v1/admin/orders?number=2026112022001'],
  ['GET /v1/admin/orders/7/events'],
  ['GET /v1/admin/refunds?withProblem=true'],
  ['GET /v1/admin/duplicate-payments'],
  ['POST /v1/admin/payment-conflicts/7/refund', { reason: 'Wrong amount' }],
  ['GET /v1/admin/channel-accounts'],
  ['PATCH /v1/admin/channel-accounts/wechat-main', { enabled: false }],
  ['POST /v1/admin/reconciliations', { billDate: '2026-11-19' }],
  ['GET /v1/admin/reconciliations?accountId=wechat-main'],
  ['GET /v1/admin/reconciliations/7'],
  ['GET /v1/admin/reconciliations/7/differences.csv'],
  ['GET /v1/admin/reconciliation-differences?state=OPEN'],
  ['POST /v1/admin/reconciliation-differences/7/settle', { action: 'accept', reason: 'Known' }],
  ['POST /v1/admin/reconciliation-differences/7/approval', { approve: true }],
];
