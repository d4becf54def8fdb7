import { Injectable } from '@nestjs/common';
import { formatYuan } from '../trade/fen.js';
import { reportedFen, type Trade } from '../trade/trade.js';
import { AlipayApplications } from './alipay-applications.js';
import { AlipayKeys } from './alipay-keys.js';
import { formatBeijing } from '../trade/beijing-time.js';
import { notifyContent, signRsa2 } from './signature.js';

/** Where Alipay sends the buyer's browser after the payment: the merchant's page, with signed parameters that prove nothing. */
@Injectable()
export class AlipayReturnUrl {
  constructor(
    private readonly applications: AlipayApplications,
    private readonly keys: AlipayKeys,
  ) {}

  /** @returns `undefined` when the merchant gave no `return_url`. */
  async of(trade: Trade): Promise<string | undefined> {
    if (trade.returnUrl === undefined) return undefined;
    const { appId, sellerId } = this.applications.of(trade);
    const fields = new Map([
      ['app_id', appId],
      ['auth_app_id', appId],
      ['charset', 'utf-8'],
      ['method', `alipay.trade.${trade.method === 'wap' ? 'wap' : 'page'}.pay.return`],
      ['out_trade_no', trade.outTradeNo],
      ['seller_id', sellerId],
      ['timestamp', formatBeijing(Date.now())],
      ['total_amount', formatYuan(reportedFen(trade))],
      ['trade_no', trade.tradeNo],
      ['version', '1.0'],
    ]);
    const signature = await signRsa2(notifyContent(fields), this.keys.privateKey);
    const url = new URL(trade.returnUrl);
    for (const [name, value] of fields) url.searchParams.set(name, value);
    url.searchParams.set('sign_type', 'RSA2');
    url.searchParams.set('sign', signature);
    return url.href;
  }
}
