import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { UnlockedReason } from '#libs/locks';
import type { TransferOutcome } from '../ledger/transfer.js';

export interface LedgerProcessOptions {
  readonly mysqlUrl: string;
  readonly schema: string;
  readonly redisUrl: string;
  /** How long the lock of a wallet outlives a holder that stands still. */
  readonly lockTtlMs: number;
}

/** Asked of the process: money out of a merchant's wallet. */
export interface Order {
  readonly merchant: string;
  readonly micros: string;
  readonly idempotencyKey: string;
}

export interface Report {
  readonly outcome: TransferOutcome;
  /** How it had to work without its lock. */
  readonly unlocked: readonly UnlockedReason[];
}

const loader = new URL('../../../../libs/testing/ts-loader.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('./ledger-replica.ts', import.meta.url));

/** A replica of the ledger in a process of its own, which can be made to stand still. */
export class LedgerProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(options: LedgerProcessOptions): Promise<LedgerProcess> {
    const child = fork(program, [JSON.stringify(options)], { execArgv: ['--import', loader] });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the ledger's process ended with ${code} before it was ready`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new LedgerProcess(child);
  }

  async takeOut(order: Order): Promise<Report> {
    const answer = once(this.child, 'message');
    this.child.send(order);
    return ((await answer) as [Report])[0];
  }

  /** SIGSTOP: none of its timers runs, and none of its connections breaks. */
  standStill(): void {
    this.child.kill('SIGSTOP');
  }

  goOn(): void {
    this.child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
