import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type WithdrawalFixture, approved, startWithdrawals } from '../testing/withdrawal-fixture.js';

const NET = 100_000_000n;
const DAY_MS = 86_400_000;
const paidAt = new Date('2026-11-20T04:05:06.000Z');

let world: WithdrawalFixture;
beforeAll(async () => {
  world = await startWithdrawals();
});
afterAll(() => world.stop());

async function rowOf(id: string) {
  const row = await world.withdrawals.find(id);
  if (!row) throw new Error(`There is no withdrawal ${id}`);
  return row;
}

/** Whatever sweeps, once. */
const advance = async (id: string) => world.progress.advance(await rowOf(id));

/** The last call to the channel, and everything before it, was so long ago. */
const ago = (id: string, ms: number) =>
  world.database.write(
    'UPDATE `withdrawal` SET `sent_at` = `sent_at` - INTERVAL ? MICROSECOND, `asked_at` = `asked_at` - INTERVAL ? MICROSECOND, `updated_at` = `updated_at` - INTERVAL ? MICROSECOND WHERE `id` = ?',
    [ms * 1_000, ms * 1_000, ms * 1_000, id],
  );

/** The wallet has booked how it ended. */
const book = (id: string, kind: 'withdrawal_paid' | 'withdrawal_released') =>
  world.booking.noteBooked({ kind, reference: id, transferId: id } as never);

describe('a transfer that a channel knows nothing of', () => {
  it('is sent again under its number while the channel would still know it', async () => {
    const id = await approved(world);
    world.channel.faults.push('LOST_REQUEST');
    await advance(id);
    expect((await rowOf(id)).state).toBe('PAYING');
    await ago(id, 29 * DAY_MS - 3_600_000);
    await advance(id);
    expect(await rowOf(id)).toMatchObject({ state: 'PAID' });
    expect(world.channel.sent.get(id)).toBe(2);
  });

  it('is not sent again when the channel has forgotten what is so old: it may have been paid', async () => {
    const id = await approved(world);
    world.channel.faults.push('LOST_ANSWER');
    world.channel.say(id, { state: 'NOT_FOUND' });
    await advance(id);
    await ago(id, 30 * DAY_MS);
    await advance(id);
    expect(world.channel.sent.get(id)).toBe(1);
    expect(await rowOf(id)).toMatchObject({ state: 'PAYING', problem: 'NOT_KNOWN_ANY_MORE' });
  });

  it('is not failed by the refusal of a repeat while the first call may still arrive', async () => {
    const id = await approved(world);
    world.channel.faults.push('LATE', 'REFUSED');
    await advance(id);
    await ago(id, 10_000);
    await advance(id);
    expect((await rowOf(id)).state).toBe('PAYING');
    world.channel.arrive();
    await advance(id);
    expect((await rowOf(id)).state).toBe('PAID');
  });

  it('is failed by the refusal of a repeat when nothing can be on its way any more', async () => {
    const id = await approved(world);
    world.channel.faults.push('LOST_REQUEST', 'REFUSED');
    await advance(id);
    await ago(id, 120_000);
    await advance(id);
    expect(await rowOf(id)).toMatchObject({ state: 'FAILED', problem: 'LIMIT_OF_CHANNEL' });
  });

  it('is not sent by whoever stood in line while somebody else has brought it to its end', async () => {
    const id = await approved(world);
    world.line.whileWaiting = async () => {
      await world.database.write("UPDATE `withdrawal` SET `state` = 'FAILED' WHERE `id` = ?", [id]);
    };
    await advance(id);
    world.line.whileWaiting = () => Promise.resolve();
    expect(world.channel.paid.has(id)).toBe(false);
  });
});

describe('whoever looks at a payout', () => {
  it('makes us ask a channel that says nothing no more often than it can have answered', async () => {
    const id = await approved(world);
    world.channel.faults.push('LOST_REQUEST');
    await advance(id);
    const { owner_id: ownerId } = await rowOf(id);
    const due = async () => {
      const [row] = await world.database.query<{ due: number }>(
        'SELECT `next_action_at` <= UTC_TIMESTAMP(3) AS `due` FROM `withdrawal` WHERE `id` = ?',
        [id],
      );
      return Number(row?.due) === 1;
    };
    await ago(id, 10_000);
    await world.service.get(id, ownerId);
    expect(await due()).toBe(false);
    await ago(id, 60_000);
    await world.service.get(id, null);
    expect(await due()).toBe(true);
  });
});

describe('a payout that stays unknown for hours', () => {
  it('is in the metrics that an alarm is set on, until it has ended', async () => {
    const id = await approved(world, 'alipay');
    world.channel.faults.push('LOST_REQUEST');
    await advance(id);
    await ago(id, 3 * 3_600_000);
    const kind = '{state="PAYING",method="alipay",service="withdrawal",replica="withdrawal-1"}';
    const measured = async () => {
      await world.open.measure();
      return world.metrics.registry.metrics();
    };
    const before = await measured();
    expect(before).toContain(`clearbid_withdrawal_open${kind} 1`);
    expect(before).toMatch(/withdrawal_open_oldest_seconds{state="PAYING",method="alipay".*} 1080\d/);
    await advance(id);
    expect(await measured()).not.toContain(kind);
  });
});

describe('a channel that says something else than before', () => {
  it('paid another amount back than it was given: nothing is booked, and somebody is told', async () => {
    const id = await approved(world);
    await advance(id);
    await book(id, 'withdrawal_paid');
    const back = { state: 'RETURNED', channelTransferNo: 'T1', message: 'no such card' } as const;
    world.channel.say(id, { ...back, amount: NET - 10_000n });
    await advance(id);
    expect(await rowOf(id)).toMatchObject({ state: 'PAID', problem: 'CONTRADICTED' });
    world.channel.say(id, { ...back, amount: NET });
    await advance(id);
    expect(await rowOf(id)).toMatchObject({ state: 'RETURNED', problem: 'RETURNED_BY_BANK' });
  });

  it.each(['FAILED', 'CANCELLED'] as const)('that it was %s, and later that it has paid', async (end) => {
    const id = await approved(world);
    const word =
      end === 'FAILED'
        ? ({ state: 'FAILED', problem: 'PAYEE_NOT_ABLE', message: 'frozen' } as const)
        : ({ state: 'CANCELLED' } as const);
    world.channel.say(id, word);
    await advance(id);
    await book(id, 'withdrawal_released');
    await advance(id);
    expect((await rowOf(id)).problem).not.toBe('CONTRADICTED');
    world.channel.say(id, { state: 'SUCCEEDED', channelTransferNo: 'T1', amount: NET, paidAt });
    await advance(id);
    expect(await rowOf(id)).toMatchObject({ state: 'FAILED', problem: 'CONTRADICTED' });
    expect((await rowOf(id)).problem_message).toContain('paid');
  });

  it('that it has failed after it was paid', async () => {
    const id = await approved(world);
    await advance(id);
    await book(id, 'withdrawal_paid');
    world.channel.say(id, { state: 'FAILED', problem: 'PAYEE_NOT_ABLE', message: 'frozen' });
    await advance(id);
    expect(await rowOf(id)).toMatchObject({ state: 'PAID', problem: 'CONTRADICTED' });
  });

  it('nothing at all about what has ended: it is asked more and more rarely, and in the end no more', async () => {
    const id = await approved(world);
    await advance(id);
    await book(id, 'withdrawal_paid');
    world.channel.isSilent = true;
    const { call_count: before } = await rowOf(id);
    await advance(id);
    expect((await rowOf(id)).call_count).toBe(before + 1);
    await ago(id, 31 * DAY_MS);
    await advance(id);
    world.channel.isSilent = false;
    const [row] = await world.database.query<{ next: Date | null }>(
      'SELECT `next_action_at` AS `next` FROM `withdrawal` WHERE `id` = ?',
      [id],
    );
    expect(row?.next).toBeNull();
  });
});

describe('a payee who has to confirm', () => {
  it('is told with what, however long that is', async () => {
    const id = await approved(world);
    world.channel.say(id, { state: 'AWAITS_PAYEE', confirmation: 'p'.repeat(1_000) });
    await advance(id);
    expect((await rowOf(id)).confirmation).toHaveLength(1_000);
  });

  it('and takes it back while somebody asks: it is cancelled by them, and was not left to lapse', async () => {
    const id = await approved(world);
    world.channel.say(id, { state: 'AWAITS_PAYEE', confirmation: 'package' });
    await advance(id);
    const asking = await rowOf(id);
    await world.withdrawals.askToCancel(id);
    world.channel.say(id, { state: 'CANCELLED' });
    await world.progress.advance(asking);
    expect((await rowOf(id)).state).toBe('CANCELLED');
  });
});
