import {
  type Account,
  type ApiClient,
  type RechargeView,
  startTestStack,
  type TestStack,
} from '#libs/testing';
import { Books } from '../support/books.js';
import { OpenApiCheck } from '../support/openapi-check.js';

export const EXPIRY_SECONDS = 20;

/** Made first and left alone, so that they expire while the stories go on. */
interface Forgotten {
  readonly merchant: Account;
  readonly opened: RechargeView;
  readonly neverOpened: RechargeView;
  readonly neverScanned: RechargeView;
}

/** Two replicas of gateway and payment, orders that soon expire, and every answer held against the OpenAPI document. */
export class RechargeWorld {
  stack!: TestStack;
  books!: Books;
  openapi!: OpenApiCheck;
  api!: ApiClient;
  forgotten!: Forgotten;

  async start(): Promise<void> {
    this.stack = await startTestStack({
      replicas: { payment: 2, gateway: 2 },
      env: (name) => ({
        LOG_LEVEL: 'debug',
        ...(name.startsWith('payment')
          ? { RECHARGE_EXPIRY_SECONDS: String(EXPIRY_SECONDS), LAST_LOOK_SECONDS: '4' }
          : {}),
      }),
    });
    this.books = await Books.open(this.stack.urls.mysql);
    this.openapi = await OpenApiCheck.of(this.stack.urls.gateway);
    this.api = this.stack.api({ onAnswer: this.openapi.check });
    const merchant = await this.api.registerMerchant();
    this.forgotten = {
      merchant,
      opened: await merchant.recharge({ amount: '1.00' }),
      neverOpened: await merchant.recharge({ amount: '2.00' }),
      neverScanned: await merchant.recharge({ amount: '3.00', method: 'qr' }),
    };
    await this.stack.sandboxClient.open(payUrlOf(this.forgotten.opened));
  }

  async stop(): Promise<void> {
    await this.books?.close();
    await this.stack?.stop();
  }

  async creditedRecharge(merchant: Account, amount: string): Promise<RechargeView> {
    const recharge = await merchant.recharge({ amount });
    await this.stack.sandboxClient.pay(recharge);
    return merchant.until(recharge.id, 'CREDITED');
  }
}

export function payUrlOf({ id, payUrl }: RechargeView): string {
  if (payUrl === null) throw new Error(`Recharge ${id} has no payUrl`);
  return payUrl;
}
