import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Answer, Call, SmallWechat } from './small-wechat.js';

const PAID_AT = '+08:00';
export const BILL_HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
export const BILL_SUMMARY =
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';

interface Trade {
  readonly outTradeNo: string;
  readonly total: number;
  readonly paidAt: string;
  state: 'NOTPAY' | 'SUCCESS' | 'CLOSED';
  readonly refunds: Map<string, Refund>;
}

interface Refund {
  readonly outRefundNo: string;
  readonly refund: number;
  status: 'SUCCESS' | 'PROCESSING' | 'ABNORMAL' | 'CLOSED';
}

export type CounterTrouble =
  'no answer' | 'too many' | 'short of funds' | 'in process' | 'abnormal' | 'bill in the making';

const error = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});
const yuan = (fen: number) => String(fen).padStart(3, '0').replace(/(..)$/, '.$1');

/** What WeChat Pay knows of one merchant's trades, and how it answers for them: an honest desk for a `SmallWechat`. */
export class WechatCounter {
  readonly trades = new Map<string, Trade>();
  /** By the number of a trade, or of a bill's day. */
  readonly trouble = new Map<string, CounterTrouble>();
  bill: { readonly day: string; readonly lines: readonly string[] } = { day: '', lines: [] };

  constructor(private readonly wechat: SmallWechat) {}

  pay(outTradeNo: string): void {
    const trade = this.trades.get(outTradeNo);
    if (trade?.state !== 'NOTPAY') throw new Error(`${outTradeNo} can't be paid`);
    trade.state = 'SUCCESS';
  }

  transaction(trade: Trade, more: object = {}): object {
    const isPaid = trade.state === 'SUCCESS';
    return {
      appid: this.wechat.appid,
      mchid: this.wechat.mchid,
      out_trade_no: trade.outTradeNo,
      trade_state: isPaid && trade.refunds.size > 0 ? 'REFUND' : trade.state,
      trade_state_desc: '',
      amount: { total: trade.total, currency: 'CNY', ...(isPaid ? { payer_total: trade.total } : {}) },
      ...(isPaid ? { transaction_id: `4200${trade.outTradeNo}`, success_time: trade.paidAt } : {}),
      ...more,
    };
  }

  refund(trade: Trade, { outRefundNo, refund, status }: Refund): object {
    return {
      refund_id: `5030${outRefundNo}`,
      out_refund_no: outRefundNo,
      out_trade_no: trade.outTradeNo,
      status,
      ...(status === 'SUCCESS' ? { success_time: trade.paidAt } : {}),
      amount: { total: trade.total, refund, currency: 'CNY' },
    };
  }

  readonly desk = (call: Call): Answer | undefined => {
    const numbers = [
      call.body['out_trade_no'],
      ...call.url.pathname.split('/'),
      call.url.searchParams.get('bill_date'),
    ];
    const trouble = numbers.map((number) => this.trouble.get(String(number))).find((found) => found);
    if (trouble === 'too many') return error(429, 'FREQUENCY_LIMITED', '频率限制');
    const answer = this.work(call, trouble);
    return trouble === 'no answer' ? undefined : answer;
  };

  private work({ method, url, body }: Call, trouble: CounterTrouble | undefined): Answer {
    const path = url.pathname.replace('/v3', '');
    const last = path.split('/').at(-1) ?? '';
    const trade = this.trades.get(path.split('/')[4] ?? '');
    if (path === '/bill/tradebill') return this.billOf(url, trouble);
    if (path === '/billdownload/file') return { status: 200, raw: gzipSync(this.billText()), unsigned: true };
    if (path === '/refund/domestic/refunds') return this.refunded(body, trouble);
    if (path.startsWith('/refund/domestic/refunds/')) return this.refundOf(last);
    if (method === 'POST' && last !== 'close') return this.open(last, body);
    if (!trade) return error(404, 'ORDER_NOT_EXIST', '订单不存在');
    if (last !== 'close') return { status: 200, body: this.transaction(trade) };
    if (trade.state !== 'NOTPAY')
      return error(400, trade.state === 'SUCCESS' ? 'ORDERPAID' : 'ORDER_CLOSED', '');
    trade.state = 'CLOSED';
    return { status: 204 };
  }

  private open(way: string, body: Record<string, unknown>): Answer {
    const outTradeNo = String(body['out_trade_no']);
    const { total } = body['amount'] as { total: number };
    const known = this.trades.get(outTradeNo);
    if (known && known.total !== total) return error(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
    const paidAt = new Date(Date.now() + 8 * 60 * 60 * 1_000).toISOString().slice(0, 19) + PAID_AT;
    if (!known)
      this.trades.set(outTradeNo, { outTradeNo, total, paidAt, state: 'NOTPAY', refunds: new Map() });
    const answers = {
      native: { code_url: 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz' },
      h5: { h5_url: 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx2016&package=1' },
      jsapi: { prepay_id: 'wx201410272009395522657a690389285100' },
    };
    return { status: 200, body: answers[way as keyof typeof answers] };
  }

  private refunded(body: Record<string, unknown>, trouble: CounterTrouble | undefined): Answer {
    const trade = this.trades.get(String(body['out_trade_no']));
    const outRefundNo = String(body['out_refund_no']);
    const { refund } = body['amount'] as { refund: number };
    if (trade?.state !== 'SUCCESS') return error(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
    if (trade.refunds.has(outRefundNo)) return this.refundOf(outRefundNo);
    if (trouble === 'short of funds') return error(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起');
    const given = [...trade.refunds.values()].reduce((sum, part) => sum + part.refund, 0);
    if (given + refund > trade.total) return error(400, 'INVALID_REQUEST', '申请退款金额大于订单可退金额');
    const status = trouble === 'abnormal' ? 'ABNORMAL' : trouble === 'in process' ? 'PROCESSING' : 'SUCCESS';
    trade.refunds.set(outRefundNo, { outRefundNo, refund, status });
    return this.refundOf(outRefundNo);
  }

  private refundOf(outRefundNo: string): Answer {
    for (const trade of this.trades.values()) {
      const refund = trade.refunds.get(outRefundNo);
      if (refund) return { status: 200, body: this.refund(trade, refund) };
    }
    return error(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  }

  private billOf(url: URL, trouble: CounterTrouble | undefined): Answer {
    if (trouble === 'bill in the making') return error(400, 'STATEMENT_CREATING', '账单生成中');
    const isThere = url.searchParams.get('bill_date') === this.bill.day && this.bill.lines.length > 0;
    if (!isThere) return error(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
    const hash = createHash('sha1').update(this.billText()).digest('hex');
    const download = `${this.wechat.baseUrl}/v3/billdownload/file?token=abc-_1`;
    return { status: 200, body: { hash_type: 'SHA1', hash_value: hash, download_url: download } };
  }

  private billText(): string {
    const { lines } = this.bill;
    return [BILL_HEADER, ...lines, BILL_SUMMARY, `\`${lines.length},\`0,\`0,\`0,\`0,\`0,\`0`, ''].join(
      '\r\n',
    );
  }

  /** The line of a trade's payment, or of one of its refunds. */
  billLine(trade: Trade, refund?: Refund): string {
    const fen = refund?.refund ?? trade.total;
    const fee = Math.floor((fen * 60 + 5_000) / 10_000);
    const time = trade.paidAt.slice(0, 19).replace('T', ' ');
    const fields = [
      time,
      this.wechat.appid,
      this.wechat.mchid,
      '0',
      '',
      `4200${trade.outTradeNo}`,
      trade.outTradeNo,
    ];
    fields.push(
      'oUpF8',
      'NATIVE',
      refund ? 'REFUND' : 'SUCCESS',
      'OTHERS',
      'CNY',
      refund ? '0.00' : yuan(fen),
      '0.00',
    );
    fields.push(
      refund ? `5030${refund.outRefundNo}` : '0',
      refund?.outRefundNo ?? '0',
      refund ? yuan(fen) : '0.00',
    );
    fields.push('0.00', refund ? 'ORIGINAL' : '', refund?.status ?? '', '充值, Clearbid', '');
    fields.push(
      `${refund ? '-' : ''}${yuan(fee)}000`,
      '0.60%',
      refund ? '0.00' : yuan(fen),
      refund ? yuan(fen) : '0.00',
      '',
    );
    return fields.map((field) => `\`${field}`).join(',');
  }
}
