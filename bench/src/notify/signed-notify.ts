import { createSign, type KeyObject } from 'node:crypto';

/** Who the trade is said to be of. */
export interface NotifiedAccount {
  readonly appId: string;
  readonly sellerId: string;
}

/** What Alipay posts of a trade that was paid: the form, signed with its own key (RSA2, over the sorted fields). */
export function signedNotify(
  outTradeNo: string,
  { appId, sellerId }: NotifiedAccount,
  key: KeyObject,
): string {
  const fields: Record<string, string> = {
    app_id: appId,
    charset: 'utf-8',
    gmt_payment: '2026-11-20 16:00:30',
    notify_id: `2026112000222${outTradeNo}`,
    notify_time: '2026-11-20 16:00:31',
    notify_type: 'trade_status_sync',
    out_trade_no: outTradeNo,
    seller_id: sellerId,
    total_amount: '50.00',
    trade_no: `20261120220014${outTradeNo}`,
    trade_status: 'TRADE_SUCCESS',
    version: '1.0',
  };
  const text = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
  const sign = createSign('RSA-SHA256').update(text).sign(key, 'base64');
  return new URLSearchParams({ ...fields, sign_type: 'RSA2', sign }).toString();
}
