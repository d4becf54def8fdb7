import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { AlipayChannel, ChannelError } from '#libs/payments';
import { type LineLimits, Turnstile } from '#libs/turnstile';

export interface ReplicaTask {
  readonly redisUrl: string;
  readonly line: string;
  readonly limits: LineLimits;
  readonly prepays: number;
  readonly gatewayUrl: string;
  readonly appId: string;
  readonly sellerId: string;
  readonly privateKeyFile: string;
  readonly alipayPublicKeyFile: string;
}

export interface ReplicaFigures {
  readonly done: number;
  /** By the machine's clock, so that replicas can be compared. */
  readonly begunAt: readonly number[];
  readonly waitedMs: readonly number[];
  readonly failures: readonly string[];
}

/** One replica of the payment service, reduced to what stands between a prepay and the channel. */
const task = JSON.parse(process.argv[2] ?? '') as ReplicaTask;
const redis = new Redis(task.redisUrl);
const turnstile = new Turnstile({
  redis,
  name: task.line,
  outcomeOf: (error) => (ChannelError.is(error) && error.backOff ? 'overloaded' : 'failed'),
  onCircuitChange: (_resource, state, reason) => process.stderr.write(`circuit ${state}: ${reason}\n`),
  onError: (error) => process.stderr.write(`the line stumbled: ${String(error)}\n`),
});
const channel = new AlipayChannel({
  accountId: 'bench',
  gatewayUrl: task.gatewayUrl,
  appId: task.appId,
  sellerId: task.sellerId,
  feeBasisPoints: 60,
  privateKey: readFileSync(task.privateKeyFile, 'utf8'),
  theirs: { alipayPublicKeys: [readFileSync(task.alipayPublicKeyFile, 'utf8')] },
});
turnstile.prepare('account', task.limits);

const begunAt: number[] = [];
const waitedMs: number[] = [];
const failures: string[] = [];
let done = 0;

async function prepay(index: number): Promise<void> {
  const enqueuedAt = performance.now();
  const key = `prepay:${process.pid}-${index}`;
  try {
    await turnstile.pass(
      { resource: 'account', limits: task.limits, priority: 'buyer', key, timeoutMs: 120_000 },
      () => {
        waitedMs.push(performance.now() - enqueuedAt);
        begunAt.push(performance.timeOrigin + performance.now());
        return channel.prepay({
          outTradeNo: `${process.pid}${String(index).padStart(8, '0')}`,
          method: 'qr',
          amount: 10_000_000n,
          subject: 'Recharge',
          expiresAt: new Date(Date.now() + 900_000),
          notifyUrl: 'http://127.0.0.1:9/notify',
          returnUrl: 'http://127.0.0.1:9/return',
        });
      },
    );
    done += 1;
  } catch (error) {
    failures.push(ChannelError.is(error) ? error.channelCode : String(error));
  }
}

const go = once(process, 'message');
process.send?.('ready');
await go;
await Promise.all(Array.from({ length: task.prepays }, (_, index) => prepay(index)));
process.send?.({ done, begunAt, waitedMs, failures } satisfies ReplicaFigures);
await turnstile.close();
redis.disconnect();
