import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RechargeView, TestStack } from '#libs/testing';

export type NotifyFields = Readonly<Record<string, string>>;

interface Application {
  readonly appId: string;
  readonly sellerId: string;
}

interface ChannelsFile {
  readonly accounts: readonly {
    readonly id: string;
    readonly channel: string;
    readonly settings: Application;
  }[];
}

/** Written without the platform's code and without the sandbox's, by Alipay's description alone. */
export class NotifyWriter {
  /** Alipay's own key: what it signs is believed. */
  readonly alipayKey: KeyObject;
  /** The merchant's application key: signs our requests, and must never be taken for Alipay's. */
  readonly applicationKey: KeyObject;

  static of(stack: TestStack): NotifyWriter {
    const file = stack.envOf('payment-1')['PAYMENT_CHANNELS_FILE'] ?? '';
    const { accounts } = JSON.parse(readFileSync(file, 'utf8')) as ChannelsFile;
    const ours = accounts.filter(({ channel }) => channel === 'alipay');
    return new NotifyWriter(
      stack.dataDir,
      ours.map(({ settings }) => settings),
    );
  }

  private constructor(
    dataDir: string,
    private readonly applications: readonly Application[],
  ) {
    this.alipayKey = createPrivateKey(
      readFileSync(join(dataDir, 'sandbox', 'keys', 'alipay-private-key.pem')),
    );
    this.applicationKey = createPrivateKey(
      readFileSync(join(dataDir, 'secrets', 'channels', 'alipay-main-private-key.pem')),
    );
  }

  /** What Alipay would say of a recharge that was paid as asked, but for what is told otherwise. */
  fieldsOf(
    { outTradeNo, amount, payUrl }: Pick<RechargeView, 'outTradeNo' | 'amount' | 'payUrl'>,
    other: NotifyFields = {},
  ): NotifyFields {
    const { appId, sellerId } = this.applicationOf(payUrl);
    return {
      app_id: appId,
      auth_app_id: appId,
      buyer_id: '2088722000000099',
      buyer_pay_amount: amount,
      charset: 'utf-8',
      gmt_create: '2026-11-20 16:00:00',
      gmt_payment: '2026-11-20 16:00:30',
      notify_id: `2026112000222${outTradeNo}`,
      notify_time: '2026-11-20 16:00:31',
      notify_type: 'trade_status_sync',
      out_trade_no: outTradeNo,
      receipt_amount: amount,
      seller_id: sellerId,
      subject: 'Clearbid recharge & more = 100 %',
      total_amount: amount,
      trade_no: `20261120220014${outTradeNo.slice(-14)}`,
      trade_status: 'TRADE_SUCCESS',
      version: '1.0',
      ...other,
    };
  }

  /** Which of ours the buyer was sent to; the first when nobody was sent anywhere. */
  applicationOf(payUrl: string | null): Application {
    const asked = payUrl === null ? null : new URL(payUrl).searchParams.get('app_id');
    const found = this.applications.find(({ appId }) => asked === null || appId === asked);
    if (!found) throw new Error(`None of our applications is ${asked}`);
    return found;
  }

  /** The form as it goes over the wire, signed as Alipay signs unless told otherwise. */
  signed(
    fields: NotifyFields,
    { key = this.alipayKey, digest = 'RSA-SHA256', signType = 'RSA2' } = {},
  ): URLSearchParams {
    const content = Object.keys(fields)
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join('&');
    const signature = sign(digest, Buffer.from(content), key).toString('base64');
    return new URLSearchParams({ ...fields, sign_type: signType, sign: signature });
  }
}
