import { Injectable } from '@nestjs/common';
import type {
  Delivery,
  NotifyJob,
  NotifyMessage,
  NotifyOverrides,
  NotifyProtocol,
} from '../notify/notify-job.js';
import { formatYuan } from '../trade/fen.js';
import { reportedFen, type Trade, type TradeState } from '../trade/trade.js';
import { AlipayApplications } from './alipay-applications.js';
import { AlipayKeys } from './alipay-keys.js';
import { BUYER, FUND_CHANNEL, newNotifyId, TRADE_STATUS } from './alipay-words.js';
import { formatBeijing } from '../trade/beijing-time.js';
import { notifyContent, signRsa2, spoilSignature } from './signature.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Alipay's asynchronous notify: a signed form, sent until it is answered by the seven characters `success`. */
@Injectable()
export class AlipayNotify implements NotifyProtocol {
  readonly retryDelaysMs = [
    4 * MINUTE_MS,
    10 * MINUTE_MS,
    10 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    6 * HOUR_MS,
    15 * HOUR_MS,
  ];
  readonly newNotifyId = newNotifyId;

  constructor(
    private readonly applications: AlipayApplications,
    private readonly keys: AlipayKeys,
  ) {}

  async compose(
    job: Pick<NotifyJob, 'notifyId' | 'event' | 'tampered'>,
    trade: Trade,
    overrides: NotifyOverrides = {},
  ): Promise<NotifyMessage | undefined> {
    if (trade.notifyUrl === undefined) return undefined;
    const fields = new Map([
      ...Object.entries(this.fieldsOf(trade, job.event, job.notifyId)),
      ...Object.entries(overrides.fields ?? {}),
    ]);
    const signature = await signRsa2(notifyContent(fields), this.keys.privateKey);
    fields.set('sign_type', 'RSA2');
    if (overrides.signature !== 'missing') {
      fields.set('sign', overrides.signature === 'wrong' ? spoilSignature(signature) : signature);
    }
    // The amount stays right, so that nothing but the signature gives the change away.
    if (job.tampered) fields.set('trade_no', newTradeNoLike(trade.tradeNo));
    return {
      url: trade.notifyUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', accept: '*/*' },
      body: new URLSearchParams([...fields]).toString(),
    };
  }

  isAccepted(delivery: Pick<Delivery, 'status' | 'answer'>): boolean {
    return delivery.status === 200 && delivery.answer === 'success';
  }

  private fieldsOf(trade: Trade, event: TradeState, notifyId: string): Record<string, string> {
    const amount = formatYuan(reportedFen(trade));
    const { appId, sellerId, certificateSerial } = this.applications.of(trade);
    return {
      ...(certificateSerial === undefined ? {} : { alipay_cert_sn: this.keys.certificateSerial }),
      app_id: appId,
      auth_app_id: appId,
      ...(trade.body === undefined ? {} : { body: trade.body }),
      buyer_id: BUYER.id,
      buyer_logon_id: BUYER.logonId,
      charset: 'utf-8',
      gmt_create: formatBeijing(trade.createdAt),
      notify_id: notifyId,
      notify_time: formatBeijing(Date.now()),
      notify_type: 'trade_status_sync',
      out_trade_no: trade.outTradeNo,
      ...(trade.passback === undefined ? {} : { passback_params: trade.passback }),
      seller_id: sellerId,
      subject: trade.subject,
      total_amount: event === 'WAITING' ? formatYuan(trade.amountFen) : amount,
      trade_no: trade.tradeNo,
      trade_status: TRADE_STATUS[event],
      version: '1.0',
      ...eventFields(trade, event, amount),
    };
  }
}

/** What only a payment, or only a close, has to tell. */
function eventFields(trade: Trade, event: TradeState, amount: string): Record<string, string> {
  if (event === 'CLOSED') return { gmt_close: formatBeijing(trade.closedAt ?? trade.createdAt) };
  if (event === 'WAITING') return {};
  return {
    buyer_pay_amount: amount,
    fund_bill_list: JSON.stringify([{ amount, fundChannel: FUND_CHANNEL }]),
    gmt_payment: formatBeijing(trade.paidAt ?? Date.now()),
    invoice_amount: amount,
    point_amount: '0.00',
    receipt_amount: amount,
  };
}

/** Another number of the same form: its last digit is changed. */
function newTradeNoLike(tradeNo: string): string {
  return `${tradeNo.slice(0, -1)}${(Number(tradeNo.at(-1)) + 1) % 10}`;
}
