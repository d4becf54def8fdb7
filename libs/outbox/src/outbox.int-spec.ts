import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { payment } from '#libs/contracts';
import { type TestDatabase, createTestDatabase, eventually } from '#libs/testing';
import { runInContext } from '#libs/transport';
import { OUTBOX_TABLE_SQL } from './outbox-table.js';
import { type EncodedEvent, Outbox, type OutboxOptions } from './outbox.js';

class OutboxTable1700000000001 implements MigrationInterface {
  name = 'OutboxTable1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTBOX_TABLE_SQL);
    await runner.query('CREATE TABLE `change` (`id` BIGINT NOT NULL PRIMARY KEY) ENGINE = InnoDB');
  }

  down(): Promise<void> {
    return Promise.resolve();
  }
}

/** Where events go, and when they get through. */
class Stream {
  readonly events: EncodedEvent[] = [];
  private mood: 'up' | 'down' | 'silent' = 'up';

  set(mood: 'up' | 'down' | 'silent'): void {
    this.mood = mood;
  }

  relay = async (events: readonly EncodedEvent[]): Promise<void> => {
    if (this.mood === 'down') throw new Error('the stream is down');
    if (this.mood === 'silent') await new Promise(() => undefined);
    this.events.push(...events);
  };

  of(orderId: string): EncodedEvent[] {
    return this.events.filter((event) => (event.payload as { orderId: string }).orderId === orderId);
  }
}

let schema: TestDatabase;
let stream: Stream;
let outbox: Outbox;
const outboxes: Outbox[] = [];
const failures: string[] = [];

beforeAll(async () => {
  schema = await createTestDatabase('outbox', { migrations: [OutboxTable1700000000001] });
}, 60_000);
afterAll(() => schema.drop());

beforeEach(async () => {
  await schema.database.write('DELETE FROM `outbox`');
  failures.length = 0;
  stream = new Stream();
  outbox = replica(stream);
});
afterEach(async () => {
  await Promise.all(outboxes.splice(0).map((each) => each.close()));
});

/** One process with an outbox; none sweeps unless the story says so. */
function replica(to: Stream, more: Partial<OutboxOptions> = {}, keep = true): Outbox {
  const made = new Outbox({
    source: 'test',
    database: schema.database,
    relay: to,
    onError: (error, doing) => void failures.push(`${doing}: ${(error as Error).message}`),
    // Due at once, and so is what was written in this very millisecond.
    sweepAfterMs: -1_000,
    ...more,
  });
  if (keep) outboxes.push(made);
  return made;
}

let lastOrder = 1_000;
const newOrder = () => String((lastOrder += 1));

const paid = (orderId: string) => ({
  orderId,
  attemptId: '2',
  merchantId: '7',
  amount: 50_000_000n,
  fee: 300_000n,
  bonus: 0n,
  channel: 'alipay' as const,
  channelTradeNo: '2026112022001400000000000001',
  paidAt: new Date('2026-11-20T03:04:05.678Z'),
});

/** A change and the event that tells of it, in one transaction. */
async function change(orderId: string, by: Outbox = outbox): Promise<void> {
  await schema.database.transaction(async (transaction) => {
    await transaction.write('INSERT INTO `change` (`id`) VALUES (?)', [orderId]);
    await by.append(transaction, payment.orderPaid, orderId, paid(orderId));
  });
}

interface Row {
  readonly id: string;
  readonly sent_at: Date | null;
}

const rows = (orderId: string) =>
  schema.database.query<Row>('SELECT `id`, `sent_at` FROM `outbox` WHERE `aggregate_id` = ? ORDER BY `id`', [
    orderId,
  ]);

async function unsent(): Promise<number> {
  const found = await schema.database.query('SELECT 1 FROM `outbox` WHERE `sent_at` IS NULL');
  return found.length;
}

const allSent = () => eventually('every row is marked as sent', async () => (await unsent()) === 0);

describe('an event', () => {
  it('leaves right after the commit, as it was written, and its row stays with the time of that', async () => {
    const orderId = newOrder();
    await runInContext({ requestId: 'request-7' }, () => change(orderId));

    const [event] = await eventually('it is relayed', () =>
      stream.of(orderId).length > 0 ? stream.of(orderId) : null,
    );
    const [row] = await rows(orderId);
    expect(event).toEqual({
      id: `test:${row?.id}`,
      name: 'order.paid',
      headers: { requestId: 'request-7' },
      payload: {
        orderId,
        attemptId: '2',
        merchantId: '7',
        amount: '50000000',
        fee: '300000',
        bonus: '0',
        channel: 'alipay',
        channelTradeNo: '2026112022001400000000000001',
        paidAt: '2026-11-20T03:04:05.678Z',
      },
    });
    await allSent();
    expect((await rows(orderId))[0]?.sent_at).toBeInstanceOf(Date);
  });

  it('stays where it is when it is a record only, between others that leave, until somebody asks for it', async () => {
    const [before, record, after] = [newOrder(), newOrder(), newOrder()];
    await schema.database.transaction((transaction) =>
      outbox.appendAll(
        transaction,
        payment.orderPaid,
        [before, record, after].map((orderId) => ({
          aggregateId: orderId,
          payload: paid(orderId),
          isRecordOnly: orderId === record,
        })),
      ),
    );
    await eventually('the last has left', () => stream.of(after).length > 0);
    await allSent();
    await outbox.sweep();
    expect(stream.events.map(({ id }) => id)).toEqual(
      (await Promise.all([before, after].map(rows))).flat().map(({ id }) => `test:${id}`),
    );

    expect(await outbox.resend(payment.orderPaid, record)).toBe(1);
    expect(stream.of(record)).toMatchObject([{ id: `test:${(await rows(record))[0]?.id}` }]);
  });

  it('leaves only after the commit', async () => {
    const orderId = newOrder();
    const marker = newOrder();
    await schema.database.transaction(async (transaction) => {
      await outbox.append(transaction, payment.orderPaid, orderId, paid(orderId));
      // What is committed meanwhile goes out, so the relay works: ours has to wait for its own commit.
      await change(marker);
      await eventually('the marker is relayed', () => stream.of(marker).length === 1);
      expect(stream.of(orderId)).toEqual([]);
    });
    await eventually('it is relayed', () => stream.of(orderId).length === 1);
  });

  it('never leaves for a change that was rolled back', async () => {
    const [orderId, marker] = [newOrder(), newOrder()];
    const failing = schema.database.transaction(async (transaction) => {
      await outbox.append(transaction, payment.orderPaid, orderId, paid(orderId));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');

    await change(marker);
    await eventually('the marker is relayed', () => stream.of(marker).length === 1);
    await outbox.sweep();
    expect(stream.of(orderId)).toEqual([]);
    expect(await rows(orderId)).toEqual([]);
  });

  it('leaves once for a transaction that was run again after a deadlock', async () => {
    const orderId = newOrder();
    let runs = 0;
    await schema.database.transaction(async (transaction) => {
      runs += 1;
      await outbox.append(transaction, payment.orderPaid, orderId, paid(orderId));
      if (runs === 1) await transaction.write("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213");
    });

    await allSent();
    const [row] = await rows(orderId);
    expect(stream.of(orderId).map(({ id }) => id)).toEqual([`test:${row?.id}`]);
  });

  it('is refused, and the change with it, when it breaks its contract', async () => {
    const orderId = newOrder();
    const wrong = schema.database.transaction(async (transaction) => {
      await transaction.write('INSERT INTO `change` (`id`) VALUES (?)', [orderId]);
      await outbox.append(transaction, payment.orderPaid, orderId, { ...paid(orderId), merchantId: 'x' });
    });
    await expect(wrong).rejects.toThrow('must be an id');
    expect(await rows(orderId)).toEqual([]);
    expect(await schema.database.query('SELECT 1 FROM `change` WHERE `id` = ?', [orderId])).toEqual([]);
  });
});

describe('many events of one transaction', () => {
  it('have the ids of their own rows, in order, however many replicas write at the same time', async () => {
    const others = Array.from({ length: 4 }, () => replica(stream));
    const batches = others.map(() => Array.from({ length: 300 }, newOrder));

    await Promise.all(
      others.map((each, index) =>
        schema.database.transaction((transaction) =>
          each.appendAll(
            transaction,
            payment.orderPaid,
            (batches[index] ?? []).map((orderId) => ({ aggregateId: orderId, payload: paid(orderId) })),
          ),
        ),
      ),
    );
    await allSent();

    const stored = await schema.database.query<{ id: string; aggregate_id: string }>(
      'SELECT `id`, `aggregate_id` FROM `outbox` ORDER BY `id`',
    );
    const rowOf = new Map(stored.map((row) => [row.aggregate_id, row.id]));
    expect(stream.events).toHaveLength(1_200);
    const wrong = stream.events.filter(
      ({ id, payload }) => id !== `test:${rowOf.get((payload as { orderId: string }).orderId)}`,
    );
    expect(wrong).toEqual([]);
    for (const batch of batches) {
      const relayed = stream.events.map(({ payload }) => (payload as { orderId: string }).orderId);
      expect(relayed.filter((orderId) => batch.includes(orderId))).toEqual(batch);
    }
  });

  it('may each belong to another request', async () => {
    const [one, other] = [newOrder(), newOrder()];
    await runInContext({ requestId: 'of the batch' }, () =>
      schema.database.transaction((transaction) =>
        outbox.appendAll(transaction, payment.orderPaid, [
          { aggregateId: one, payload: paid(one), headers: { requestId: 'its own' } },
          { aggregateId: other, payload: paid(other) },
        ]),
      ),
    );
    await eventually('both are relayed', () => stream.events.length === 2);
    expect(stream.of(one)[0]?.headers).toEqual({ requestId: 'its own' });
    expect(stream.of(other)[0]?.headers).toEqual({ requestId: 'of the batch' });
  });

  it('may be none at all', async () => {
    await schema.database.transaction((transaction) => outbox.appendAll(transaction, payment.orderPaid, []));
    expect(await unsent()).toBe(0);
  });
});

describe('a process that dies after the commit', () => {
  it('leaves its event to any other, whose sweep sends it as it would have been sent', async () => {
    const orderId = newOrder();
    const silent = new Stream();
    silent.set('silent');
    // It never comes back from relaying, so it is never closed either: as dead as a process can be in here.
    await change(orderId, replica(silent, {}, false));
    expect(await unsent()).toBe(1);

    const survivor = replica(stream);
    expect(await survivor.sweep()).toBe(1);

    const [row] = await rows(orderId);
    expect(stream.of(orderId)).toHaveLength(1);
    expect(stream.of(orderId)[0]).toMatchObject({ id: `test:${row?.id}`, name: 'order.paid' });
    expect(await unsent()).toBe(0);
    expect(await survivor.sweep()).toBe(0);
  });

  it('is not waited for by hand: a started outbox sweeps by itself', async () => {
    const orderId = newOrder();
    const silent = new Stream();
    silent.set('silent');
    await change(orderId, replica(silent, {}, false));

    replica(stream, { sweepEveryMs: 10 }).start();

    await eventually('it is relayed', () => stream.of(orderId).length === 1);
  });

  it('is given time before: what was written a moment ago is still being sent by its own process', async () => {
    const orderId = newOrder();
    const silent = new Stream();
    silent.set('silent');
    await change(orderId, replica(silent, {}, false));

    const patient = replica(stream, { sweepAfterMs: 60_000 });
    expect(await patient.sweep()).toBe(0);

    await schema.database.write('UPDATE `outbox` SET `created_at` = `created_at` - INTERVAL 61 SECOND');
    expect(await patient.sweep()).toBe(1);
    expect(stream.of(orderId)).toHaveLength(1);
  });
});

describe('a stream that is down for a while', () => {
  it('costs time and nothing else: all is sent afterwards, in the order of the ids', async () => {
    stream.set('down');
    const orders = Array.from({ length: 20 }, newOrder);
    for (const orderId of orders) await change(orderId);
    await eventually('each failure was told', () => failures.length > 0);
    await expect(outbox.sweep()).rejects.toThrow('the stream is down');
    expect(await unsent()).toBe(20);
    expect(stream.events).toEqual([]);

    stream.set('up');
    expect(await outbox.sweep()).toBe(20);

    expect(stream.events.map(({ payload }) => (payload as { orderId: string }).orderId)).toEqual(orders);
    expect(await unsent()).toBe(0);
    expect(failures[0]).toMatch(/^relay \d+ events: the stream is down$/);
  });

  it('does not hold up what is committed afterwards', async () => {
    stream.set('down');
    const early = newOrder();
    await change(early);
    await eventually('the failure was told', () => failures.length === 1);

    stream.set('up');
    const late = newOrder();
    await change(late);
    await eventually('the late one is relayed', () => stream.of(late).length === 1);
    expect(stream.of(early)).toEqual([]);
  });

  it('is swept in portions, each of them full until there is no more', async () => {
    stream.set('down');
    const orders = Array.from({ length: 700 }, newOrder);
    await schema.database.transaction((transaction) =>
      outbox.appendAll(
        transaction,
        payment.orderPaid,
        orders.map((orderId) => ({ aggregateId: orderId, payload: paid(orderId) })),
      ),
    );
    await eventually('the failure was told', () => failures.length === 1);
    stream.set('up');

    expect([await outbox.sweep(), await outbox.sweep(), await outbox.sweep()]).toEqual([500, 200, 0]);
    expect(stream.events.map(({ payload }) => (payload as { orderId: string }).orderId)).toEqual(orders);
  });
});

describe('sending again', () => {
  it('says the same once more, under the same id, though it was sent long ago', async () => {
    const orderId = newOrder();
    await change(orderId);
    await allSent();
    const [first] = stream.of(orderId);

    expect(await outbox.resend(payment.orderPaid, orderId)).toBe(1);
    expect(await replica(stream).resend(payment.orderPaid, orderId)).toBe(1);

    expect(stream.of(orderId)).toEqual([first, first, first]);
  });

  it('says nothing of what was never said, and nothing else of it', async () => {
    const orderId = newOrder();
    await change(orderId);
    await allSent();
    expect(await outbox.resend(payment.orderPaid, newOrder())).toBe(0);
    expect(await outbox.resend(payment.orderChanged, orderId)).toBe(0);
    expect(stream.events).toHaveLength(1);
  });

  it('fails where the stream is down, so that whoever asked tries again', async () => {
    const orderId = newOrder();
    await change(orderId);
    await allSent();
    stream.set('down');
    await expect(outbox.resend(payment.orderPaid, orderId)).rejects.toThrow('the stream is down');
  });
});

describe('closing', () => {
  it('finishes what is on its way, and marks it', async () => {
    const orders = Array.from({ length: 5 }, newOrder);
    await Promise.all(orders.map((orderId) => change(orderId)));
    await outbox.close();
    expect(stream.events).toHaveLength(5);
    expect(await unsent()).toBe(0);
  });
});
