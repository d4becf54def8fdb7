import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withdrawal } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { OPERATOR, SECOND_OPERATOR, WithdrawalsWorld } from './withdrawals/withdrawals-world.js';

// Generous for a busy machine; everything here waits for conditions.
jest.setTimeout(180_000);

const YUAN = 1_000_000n;
const world = new WithdrawalsWorld();
beforeAll(() => world.start(), 240_000);
afterAll(() => world.stop(), 60_000);

describe('a traffic owner withdraws', () => {
  it('by Alipay: asked for, approved, paid and booked, less fee and tax', async () => {
    const ownerId = await world.ownerWith(200);
    const asked = await world.request(ownerId, 'alipay', 100);
    expect(asked).toMatchObject({ state: 'IN_REVIEW', fee: YUAN, tax: 3n * YUAN, net: 96n * YUAN });
    expect(await world.earnings(ownerId)).toMatchObject({ available: 100n * YUAN, withdrawing: 100n * YUAN });

    await world.approve(asked.id);
    await world.until(asked.id, 'PAID');
    await world.untilBooked(asked.id);
    expect(await world.paidByChannel(asked.id)).toMatchObject({ status: 'SUCCEEDED', amount: '96.00' });
    expect(await world.earnings(ownerId)).toMatchObject({ available: 100n * YUAN, withdrawing: 0n });
    expect(await world.timeline(asked.id)).toEqual([
      'requested',
      'held',
      'approved',
      'sent',
      'paid',
      'booked',
    ]);
  });

  it('by WeChat, and takes it by confirming it', async () => {
    const ownerId = await world.ownerWith(100);
    const { id } = await world.request(ownerId, 'wechat', 50);
    await world.approve(id);
    await eventually('the payee can confirm', async () => (await world.get(id)).confirmation !== null);
    expect(await world.get(id)).toMatchObject({ state: 'PAYING', canCancel: true });

    await world.stack.sandboxClient.confirmTransfer(id);
    await world.until(id, 'PAID');
    await world.untilBooked(id);
    expect(await world.paidByChannel(id)).toMatchObject({ status: 'SUCCEEDED', amount: '48.00' });
    expect(await world.timeline(id)).toContain('awaits-payee');
  });

  it('and changes their mind: before anybody decided, and while the channel waits for them', async () => {
    const ownerId = await world.ownerWith(100);
    const early = await world.request(ownerId, 'alipay', 30);
    const cancel = (id: string) => world.rpc.call(withdrawal.cancelWithdrawal, { withdrawalId: id, ownerId });
    expect(await cancel(early.id)).toMatchObject({ state: 'CANCELLED' });
    expect(await cancel(early.id)).toMatchObject({ state: 'CANCELLED' });

    const late = await world.request(ownerId, 'wechat', 30);
    await world.approve(late.id);
    await eventually('the payee can confirm', async () => (await world.get(late.id)).confirmation !== null);
    await cancel(late.id);
    await world.until(late.id, 'CANCELLED');
    await world.untilAvailable(ownerId, 100n * YUAN);
    expect(await world.paidByChannel(late.id)).toMatchObject({ status: 'CANCELLED' });

    const paid = await world.request(ownerId, 'alipay', 30);
    await world.approve(paid.id);
    await world.until(paid.id, 'PAID');
    await expect(cancel(paid.id)).rejects.toMatchObject({ code: 'WITHDRAWAL_NOT_CANCELLABLE' });
  });

  it('and cancels at the very moment at which it is sent: it is paid or cancelled, here and there alike', async () => {
    const ownerId = await world.ownerWith(200);
    const requests = await Promise.all(
      Array.from({ length: 10 }, () => world.request(ownerId, 'alipay', 20).then(({ id }) => id)),
    );
    await Promise.all(
      requests.map(async (withdrawalId) => {
        await world.approve(withdrawalId);
        await world.rpc.call(withdrawal.cancelWithdrawal, { withdrawalId, ownerId }).catch(() => undefined);
      }),
    );
    for (const id of requests) await world.untilBooked(id);
    for (const id of requests) {
      const [{ state }, transfer] = [await world.get(id), await world.paidByChannel(id)];
      expect([state, transfer?.status ?? null]).toEqual(
        state === 'PAID' ? ['PAID', 'SUCCEEDED'] : ['CANCELLED', null],
      );
    }
  });

  it('twice by the same key is once; another amount under it is a conflict', async () => {
    const ownerId = await world.ownerWith(100);
    const { id: payoutAccountId } = await world.accountOf(ownerId, 'alipay');
    const wish = { ownerId, payoutAccountId, amount: 40n * YUAN, idempotencyKey: 'once' };
    const create = (more = {}) => world.rpc.call(withdrawal.createWithdrawal, { ...wish, ...more });
    const made = await Promise.all(Array.from({ length: 8 }, () => create()));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await expect(create({ amount: 41n * YUAN })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await world.earnings(ownerId)).toMatchObject({ available: 60n * YUAN, withdrawing: 40n * YUAN });
  });

  it('never more than there is, by whatever number of requests at once', async () => {
    const ownerId = await world.ownerWith(50);
    const { id: payoutAccountId } = await world.accountOf(ownerId, 'alipay');
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        world.rpc.call(withdrawal.createWithdrawal, {
          ownerId,
          payoutAccountId,
          amount: 50n * YUAN,
          idempotencyKey: world.number(),
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  });
});

describe('operators', () => {
  it('reject with a reason, and the money is available again', async () => {
    const ownerId = await world.ownerWith(60);
    const { id } = await world.request(ownerId, 'alipay', 60);
    const reason = 'clicks by the owner’s own devices';
    await world.rpc.call(withdrawal.rejectWithdrawal, { withdrawalId: id, operatorId: OPERATOR, reason });
    await world.untilAvailable(ownerId, 60n * YUAN);
    expect(await world.get(id)).toMatchObject({ state: 'REJECTED', rejection: reason });
    expect(await world.paidByChannel(id)).toBeNull();
  });

  it('are two for a large one, and nobody decides about their own', async () => {
    const ownerId = await world.ownerWith(6_000);
    const { id } = await world.request(ownerId, 'alipay', 6_000);
    await expect(world.approve(id, ownerId)).rejects.toMatchObject({ code: 'OWN_WITHDRAWAL' });
    for (const operator of [OPERATOR, OPERATOR]) {
      const item = await world.approve(id, operator);
      expect(item).toMatchObject({ approvalsNeeded: 2, withdrawal: { state: 'IN_REVIEW' } });
      expect(item.approvals).toHaveLength(1);
    }
    await world.approve(id, SECOND_OPERATOR);
    await world.until(id, 'PAID');
  });

  it('say why a risky one is all right, and don’t wave it through with the others', async () => {
    const ownerId = await world.ownerWith(100);
    const { id } = await world.request(ownerId, 'alipay', 20);
    const wish = { withdrawalId: id, operatorId: OPERATOR };
    await expect(world.rpc.call(withdrawal.approveWithdrawal, wish)).rejects.toMatchObject({
      code: 'RISK_NOTE_NEEDED',
    });
    const many = { operatorId: OPERATOR, withdrawalIds: [id, '12345'] };
    const { items } = await world.rpc.call(withdrawal.approveMany, many);
    expect(items.map(({ refusal }) => refusal?.code)).toEqual(['RISK_NOTE_NEEDED', 'WITHDRAWAL_NOT_FOUND']);
    expect((await world.get(id)).state).toBe('IN_REVIEW');
  });
});

describe('a bank', () => {
  it('gets a file with what somebody is looking at just then: it waits for them, and skips nothing', async () => {
    const ownerId = await world.ownerWith(50);
    const { id } = await world.request(ownerId, 'bank', 50);
    await world.approve(id);
    await world.books.query('START TRANSACTION');
    await world.books.query('SELECT `id` FROM `clearbid_withdrawal`.`withdrawal` WHERE `id` = ? FOR UPDATE', [
      id,
    ]);
    const making = world.rpc.call(withdrawal.createBankBatch, { operatorId: OPERATOR });
    // An answer to something asked after it shows that it was taken up, and it can't have ended.
    await world.rpc.call(withdrawal.listBankBatches, { limit: 20 });
    await world.books.query('COMMIT');
    expect(await making).toMatchObject({ count: 1, open: 1 });
    expect((await world.get(id)).state).toBe('PAYING');
  });

  it('is given a file, says what it has paid, and gives one back two days later', async () => {
    const ownerId = await world.ownerWith(300);
    const ids: string[] = [];
    for (const yuan of [100, 50, 20]) {
      const { id } = await world.request(ownerId, 'bank', yuan);
      await world.approve(id);
      ids.push(id);
    }
    const batch = await world.rpc.call(withdrawal.createBankBatch, { operatorId: OPERATOR });
    expect(batch).toMatchObject({ count: 3, open: 3, net: 163_200_000n });
    const file = () => world.rpc.call(withdrawal.getBankFile, { batchId: batch.id, operatorId: OPERATOR });
    const { csv } = await file();
    expect(csv.split('\n')).toHaveLength(5);
    expect(csv).toContain('王小明');
    expect(await file()).toMatchObject({ csv });
    await expect(world.rpc.call(withdrawal.createBankBatch, { operatorId: OPERATOR })).rejects.toMatchObject({
      code: 'NOTHING_TO_PAY',
    });

    const heading = 'withdrawal_id,amount,outcome,bank_reference,message';
    const bring = (...lines: string[]) =>
      world.rpc.call(withdrawal.importBankResults, {
        operatorId: OPERATOR,
        csv: [heading, ...lines].join('\n'),
      });
    // One line that can't be true, and nothing of the file is done.
    await expect(bring(`${ids[0]},96.00,PAID,B1,`, `${ids[1]},47.00,PAID,B2,`)).rejects.toMatchObject({
      code: 'BANK_RESULTS_INVALID',
      details: { errors: [{ field: 'lines.3.amount', message: 'must be 48.00' }] },
    });
    expect((await world.get(ids[0] ?? '')).state).toBe('PAYING');

    const results = [
      `${ids[0]},96.00,PAID,B1,`,
      `${ids[1]},48.00,PAID,B2,`,
      `${ids[2]},19.20,FAILED,,account closed`,
    ];
    expect(await bring(...results)).toEqual({ lines: 3, changed: 3, known: 0 });
    expect(await bring(...results)).toEqual({ lines: 3, changed: 0, known: 3 });
    await world.untilAvailable(ownerId, 150n * YUAN);

    expect(await bring(`${ids[1]},48.00,RETURNED,B2,no such card`)).toMatchObject({ changed: 1 });
    await world.untilAvailable(ownerId, 200n * YUAN);
    expect(await world.get(ids[1] ?? '')).toMatchObject({ state: 'RETURNED', problem: 'RETURNED_BY_BANK' });
  });
});

describe('a channel', () => {
  it('that pays and says nothing is asked until it answers, and pays once', async () => {
    const ownerId = await world.ownerWith(80);
    const { id } = await world.request(ownerId, 'alipay', 80);
    await world.stack.sandboxClient.order(id, { timeoutAfterWork: 1 });
    await world.approve(id);
    await world.until(id, 'PAID');
    const transfers = await world.stack.sandboxClient.transfers();
    expect(transfers.filter(({ outTransferNo }) => outTransferNo === id)).toHaveLength(1);
  });

  it('that is in no hurry keeps it PAYING, and the money held, until it has decided', async () => {
    const ownerId = await world.ownerWith(80);
    const { id } = await world.request(ownerId, 'alipay', 80);
    await world.stack.sandboxClient.order(id, { transferInProcess: 1 });
    await world.approve(id);
    await eventually('it was asked more than once', async () => {
      const rows = await world.books.query<{ count: number }>(
        'SELECT `call_count` AS `count` FROM `clearbid_withdrawal`.`withdrawal` WHERE `id` = ?',
        [id],
      );
      return Number(rows[0]?.count) > 2;
    });
    expect((await world.get(id)).state).toBe('PAYING');
    expect(await world.earnings(ownerId)).toMatchObject({ withdrawing: 80n * YUAN });
    await world.stack.sandboxClient.settleTransfer(id, { state: 'FAILED' });
    await world.until(id, 'FAILED');
    await world.untilAvailable(ownerId, 80n * YUAN);
  });

  it('that finds another name pays nothing, and the owner is told why', async () => {
    const ownerId = await world.ownerWith(80);
    const { id } = await world.request(ownerId, 'alipay', 80);
    await world.stack.sandboxClient.order(id, { payeeNameWrong: 1 });
    await world.approve(id);
    expect(await world.until(id, 'FAILED')).toMatchObject({ problem: 'PAYEE_NAME_WRONG' });
    await world.untilAvailable(ownerId, 80n * YUAN);
  });

  it('where our own account is empty waits for somebody, and pays when it is filled', async () => {
    const ownerId = await world.ownerWith(80);
    const { id } = await world.request(ownerId, 'alipay', 80);
    await world.stack.sandboxClient.order(id, { notEnough: 1 });
    await world.approve(id);
    expect(await world.until(id, 'PAID')).toMatchObject({ problem: null });
  });

  it('that gives it back days later makes it available again', async () => {
    const ownerId = await world.ownerWith(80);
    const { id } = await world.request(ownerId, 'alipay', 80);
    await world.approve(id);
    await world.until(id, 'PAID');
    await world.untilBooked(id);
    await world.stack.sandboxClient.returnTransfer(id);
    await world.until(id, 'RETURNED');
    await world.untilBooked(id, 2);
    expect(await world.earnings(ownerId)).toMatchObject({ available: 80n * YUAN, withdrawing: 0n });
  });
});

describe('whatever is killed', () => {
  it.each(['withdrawal', 'wallet'] as const)(
    'both replicas of %s in the middle of twenty payouts: each is paid once, and booked once',
    async (service) => {
      const owners = await Promise.all(Array.from({ length: 4 }, () => world.ownerWith(100)));
      const requests = await Promise.all(
        owners.flatMap((ownerId) =>
          Array.from({ length: 5 }, () => world.request(ownerId, 'alipay', 20).then(({ id }) => id)),
        ),
      );
      const approvals = requests.map((id) => world.approve(id).catch(() => undefined));
      for (const handle of world.stack.services[service]) await handle.kill('SIGKILL');
      await Promise.all(approvals);
      await world.stack.ready();
      // Whoever heard nothing asks again.
      for (const id of requests) await world.approve(id);
      for (const id of requests) await world.until(id, 'PAID');
      for (const id of requests) await world.untilBooked(id);
      const transfers = await world.stack.sandboxClient.transfers();
      const paid = transfers.filter(({ outTransferNo }) => requests.includes(outTransferNo));
      expect(paid.map(({ status }) => status)).toEqual(requests.map(() => 'SUCCEEDED'));
      for (const ownerId of owners)
        expect(await world.earnings(ownerId)).toMatchObject({ available: 0n, withdrawing: 0n });
    },
  );
});

it('the books balance after all of it', async () => {
  await expect(world.audit()).resolves.toBeUndefined();
});
