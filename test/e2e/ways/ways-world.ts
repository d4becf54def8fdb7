import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  type Account,
  type ApiClient,
  eventually,
  type Page,
  type RechargeView,
  startTestStack,
  type TestStack,
} from '#libs/testing';
import { Books } from '../support/books.js';
import { OpenApiCheck } from '../support/openapi-check.js';

/** A refund as the gateway shows it. */
export interface RefundView {
  readonly id: string;
  readonly rechargeId: string;
  readonly kind: 'merchant' | 'duplicate' | 'conflict';
  readonly state: 'REQUESTED' | 'PROCESSING' | 'SUCCEEDED' | 'FAILED';
  readonly amount: string;
  readonly problem: string | null;
  readonly problemMessage: string | null;
}

export interface WayToPay {
  readonly channel: 'alipay' | 'wechat';
  readonly method: string;
}

/** One of each channel: neither needs anything opened before it is paid. */
export const BY_ALIPAY: WayToPay = { channel: 'alipay', method: 'qr' };
export const BY_WECHAT: WayToPay = { channel: 'wechat', method: 'native' };

interface AccountsFile {
  readonly accounts: readonly {
    readonly id: string;
    readonly channel: string;
    readonly settings: Readonly<Record<string, unknown>>;
  }[];
}

/** Two replicas of what channels and merchants talk to, both channels, an operator, and every answer held against the OpenAPI document. */
export class WaysWorld {
  stack!: TestStack;
  books!: Books;
  openapi!: OpenApiCheck;
  api!: ApiClient;
  operator!: Account;

  async start(): Promise<void> {
    this.stack = await startTestStack({
      replicas: { payment: 2, gateway: 2 },
      // No order expires while rows are counted, however slow the machine.
      env: (name): Record<string, string> =>
        name.startsWith('payment') ? { REFUND_RETRY_SECONDS: '0.3', RECHARGE_EXPIRY_SECONDS: '1800' } : {},
    });
    this.books = await Books.open(this.stack.urls.mysql);
    this.openapi = await OpenApiCheck.of(this.stack.urls.gateway);
    this.api = this.stack.api({ onAnswer: this.openapi.check });
    this.operator = await this.api.signInOperator();
  }

  async stop(): Promise<void> {
    await this.books?.close();
    await this.stack?.stop();
  }

  /** Pays what needs no page to be opened, or opens it on the way. */
  pay({ outTradeNo, channel, payUrl }: RechargeView, options: { notify?: 'never' | 'normal' } = {}) {
    return this.stack.sandboxClient.pay(
      { outTradeNo, payUrl: channel === 'alipay' ? payUrl : null },
      options,
    );
  }

  async creditedRecharge(merchant: Account, amount: string, way: WayToPay): Promise<RechargeView> {
    const recharge = await merchant.recharge({ amount, ...way });
    await this.pay(recharge);
    return merchant.until(recharge.id, 'CREDITED');
  }

  /** The same recharge by one more way. */
  otherWay(merchant: Account, recharge: RechargeView, way: WayToPay): Promise<RechargeView> {
    return merchant.call('POST', `/v1/recharges/${recharge.id}/attempts`, { body: way });
  }

  refund(merchant: Account, rechargeId: string, amount: string, key?: string): Promise<RefundView> {
    return merchant.call('POST', `/v1/recharges/${rechargeId}/refunds`, {
      body: { amount, reason: 'The buyer has changed their mind' },
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  }

  async refundsOf(merchant: Account, rechargeId: string): Promise<readonly RefundView[]> {
    return (await merchant.call<Page<RefundView>>('GET', `/v1/recharges/${rechargeId}/refunds`)).items;
  }

  untilRefund(merchant: Account, { id, rechargeId }: RefundView, state: RefundView['state']) {
    return eventually(
      `refund ${id} is ${state}`,
      async () =>
        (await this.refundsOf(merchant, rechargeId)).find(
          (refund) => refund.id === id && refund.state === state,
        ),
      { withinMs: 20_000, everyMs: 50 },
    );
  }

  /** Proves every invariant over the whole book. @throws when one is broken */
  audit(): Promise<void> {
    return this.stack.run('apps/auditor/src/main.js');
  }

  /** Changes the settings of an account, or of all at a channel, while everything runs, as an engineer would. */
  configure(which: string, change: (settings: Readonly<Record<string, unknown>>) => object): void {
    const file = this.stack.envOf('payment-1')['PAYMENT_CHANNELS_FILE'] ?? '';
    const { accounts } = JSON.parse(readFileSync(file, 'utf8')) as AccountsFile;
    const changed = accounts.map((account) =>
      account.id === which || account.channel === which
        ? { ...account, settings: change(account.settings) }
        : account,
    );
    writeFileSync(`${file}.new`, JSON.stringify({ accounts: changed }));
    renameSync(`${file}.new`, file);
  }
}
