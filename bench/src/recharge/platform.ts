import { randomUUID } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';
import { latenciesOf, type RechargeFigures, runConcurrently } from './figures.js';
import { sendJson } from './json-client.js';

export interface PlatformUrls {
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  readonly mysqlUrl: string;
}

const MERCHANTS = 20;
const POLL_MS = 20;
const CREDIT_DEADLINE_MS = 120_000;

/** Complete recharges through the whole platform: HTTP create, paid at the sandbox, notified, credited. */
export class Platform {
  private tokens: string[] = [];

  constructor(private readonly urls: PlatformUrls) {}

  async open(): Promise<void> {
    this.tokens = await Promise.all(
      Array.from({ length: MERCHANTS }, async () => {
        const reply = await sendJson(`${this.urls.gatewayUrl}/v1/auth/register`, {
          body: { email: `bench-${randomUUID()}@load.test`, password: 'Bench-pass-1', kind: 'merchant' },
        });
        if (reply.status !== 201)
          throw new Error(`Registering answered ${reply.status}: ${JSON.stringify(reply.body)}`);
        return (reply.body as { accessToken: string }).accessToken;
      }),
    );
  }

  /** Time runs from the first create to the moment that the last order is CREDITED. */
  async run(count: number, concurrency: number): Promise<RechargeFigures> {
    const create: number[] = [];
    const outTradeNos: string[] = [];
    const database = await createConnection({ uri: this.urls.mysqlUrl });
    try {
      const before = await credited(database);
      const startedAt = performance.now();
      await runConcurrently(count, concurrency, async (index) => {
        const token = this.tokens[index % this.tokens.length] ?? '';
        const createdAt = performance.now();
        const order = await sendJson(`${this.urls.gatewayUrl}/v1/recharges`, {
          headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() },
          body: { amount: '50.00', channel: 'alipay', method: 'page' },
        });
        create.push(performance.now() - createdAt);
        if (order.status !== 201)
          throw new Error(`Create answered ${order.status}: ${JSON.stringify(order.body)}`);
        const { outTradeNo } = order.body as { outTradeNo: string };
        outTradeNos.push(outTradeNo);
        const paid = await sendJson(`${this.urls.sandboxUrl}/control/trades/${outTradeNo}/pay`, {
          body: { notify: 'normal' },
        });
        if (paid.status !== 200)
          throw new Error(`Paying answered ${paid.status}: ${JSON.stringify(paid.body)}`);
      });
      await untilCredited(database, before + count);
      const seconds = (performance.now() - startedAt) / 1_000;
      const notify = await this.notifyTimes(outTradeNos);
      return { perSecond: count / seconds, create: latenciesOf(create), notify: latenciesOf(notify) };
    } finally {
      await database.end();
    }
  }

  /** How long each notify waited for its answer, as the sandbox that sent it has measured, in whole ms. */
  private async notifyTimes(outTradeNos: readonly string[]): Promise<number[]> {
    const times: number[] = [];
    await runConcurrently(outTradeNos.length, 8, async (index) => {
      const { body } = await sendJson(`${this.urls.sandboxUrl}/control/trades/${outTradeNos[index]}`);
      const { notifies } = body as { notifies: { deliveries: { durationMs: number }[] }[] };
      for (const { durationMs } of notifies.flatMap(({ deliveries }) => deliveries)) times.push(durationMs);
    });
    return times;
  }
}

async function credited(database: Connection): Promise<number> {
  const tables = [0, 1, 2, 3].map(
    (shard) => `SELECT COUNT(*) AS c FROM clearbid_payment.orders_${shard} WHERE state = 'CREDITED'`,
  );
  const [rows] = await database.query(`SELECT SUM(c) AS total FROM (${tables.join(' UNION ALL ')}) AS t`);
  return Number((rows as { total: string }[])[0]?.total ?? 0);
}

async function untilCredited(database: Connection, total: number): Promise<void> {
  const giveUpAt = performance.now() + CREDIT_DEADLINE_MS;
  for (let now = await credited(database); now < total; now = await credited(database)) {
    if (performance.now() > giveUpAt)
      throw new Error(`Only ${now} of ${total} orders were credited in ${CREDIT_DEADLINE_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
