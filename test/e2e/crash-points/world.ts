import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceName, type TestStack, eventually, startTestStack } from '#libs/testing';
import { RpcClient } from '#libs/transport';
import { CrashOrders } from './orders.js';

/** Those that can be told to die. */
export const MORTAL = ['wallet', 'payment', 'withdrawal'] as const satisfies readonly ServiceName[];
export type Mortal = (typeof MORTAL)[number];

/** Payouts are asked about soon, and looked at again soon whether they have come back. */
const WITHDRAWAL = {
  PAYOUT_RETRY_SECONDS: '1',
  PAYOUT_LOOK_AGAIN_SECONDS: Array.from({ length: 60 }, () => 1).join(','),
  WITHDRAWAL_FEE_BPS: '100',
  WITHDRAWAL_TAX_BPS: '300',
  SWEEP_EVERY_MS: '200',
};

/** One replica of everything, of which some are told where to die, and started again when they have. */
export class CrashWorld {
  private lastNumber = Date.now();

  private constructor(
    readonly stack: TestStack,
    readonly orders: CrashOrders,
    readonly rpc: RpcClient,
    private readonly folder: string,
  ) {}

  static async open(): Promise<CrashWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'clearbid-crash-'));
    const orders = new CrashOrders(folder);
    const stack = await startTestStack({
      replicas: 1,
      autoRestart: false,
      env: (name) => ({
        ...(MORTAL.some((service) => name === `${service}-1`) ? orders.environment : {}),
        ...(name.startsWith('wallet') ? { MATURITY_DAYS: '0', MATURITY_EVERY_MS: '200' } : {}),
        ...(name.startsWith('payment') ? { REFUND_RETRY_SECONDS: '0.3' } : {}),
        ...(name.startsWith('withdrawal') ? WITHDRAWAL : {}),
      }),
    });
    const rpc = new RpcClient({ redis: stack.urls.redis, timeoutMs: 2_000 });
    await rpc.connect();
    return new CrashWorld(stack, orders, rpc, folder);
  }

  /** Of something that nobody has named before. */
  nextNumber(): string {
    return String((this.lastNumber += 1));
  }

  /**
   * Until told to end: whoever has died is started again.
   *
   * @returns ends it; to be told whether a death was ordered, which may come to be known later than all that follows from it
   */
  keepAlive(service: Mortal): (hasDied: boolean) => Promise<void> {
    let goesOn = true;
    const [handle] = this.stack.services[service];
    const mortal = handle?.pid;
    const watching = (async () => {
      while (goesOn || handle?.pid === undefined) {
        if (handle?.pid === undefined) handle?.start();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await handle?.ready;
    })();
    return async (hasDied) => {
      if (hasDied) await eventually('the death is known', () => handle?.pid !== mortal);
      goesOn = false;
      await watching;
    };
  }

  async audit(): Promise<void> {
    await this.stack.run('apps/auditor/src/main.js');
  }

  async close(): Promise<void> {
    await this.rpc.close();
    await this.stack.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
