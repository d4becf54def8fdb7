import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  OPERATOR,
  type WithdrawalFixture,
  approved,
  asked,
  startWithdrawals,
} from '../testing/withdrawal-fixture.js';

const SECOND = '902';
const reason = 'clicks by their own devices';

let world: WithdrawalFixture;
beforeAll(async () => {
  world = await startWithdrawals();
});
afterAll(() => world.stop());

const approve = (withdrawalId: string, operatorId: string) =>
  world.review.approve({ withdrawalId, operatorId, note: 'known for years' });
const reject = (withdrawalId: string, operatorId: string, why = reason) =>
  world.review.reject({ withdrawalId, operatorId, reason: why });

describe('an operator', () => {
  it('who rejects twice, since the first answer was lost, has rejected once, for the first reason', async () => {
    const id = await asked(world);
    await reject(id, OPERATOR);
    const { withdrawal } = await reject(id, OPERATOR, 'another reason');
    expect(withdrawal).toMatchObject({ state: 'REJECTED', rejection: reason });
    expect(world.relayed.filter(({ payload }) => JSON.stringify(payload).includes(id))).toHaveLength(1);
    await expect(reject(id, SECOND)).rejects.toMatchObject({ code: 'WITHDRAWAL_NOT_IN_REVIEW' });
  });

  it('who has approved and thinks better of it is told when it is too late', async () => {
    const late = await approved(world);
    await expect(reject(late, OPERATOR)).rejects.toMatchObject({ code: 'WITHDRAWAL_NOT_IN_REVIEW' });

    const early = await asked(world, 'wechat', 6_000n);
    await approve(early, OPERATOR);
    expect((await reject(early, OPERATOR)).withdrawal.state).toBe('REJECTED');
  });

  it('and another one approve at the same moment: both count, and it is approved once', async () => {
    const id = await asked(world, 'wechat', 6_000n);
    await Promise.all([OPERATOR, SECOND, OPERATOR, SECOND].map((operator) => approve(id, operator)));
    const { withdrawal, events } = await world.service.get(id, null);
    expect(withdrawal.state).toBe('APPROVED');
    expect(events.filter(({ kind }) => kind === 'approved')).toHaveLength(2);
  });

  it('sees what has waited longest first, whatever it waits for', async () => {
    const ids = [await approved(world), await approved(world)];
    const { items } = await world.review.list({ state: 'APPROVED', limit: 100 });
    const seen = items.map(({ withdrawal }) => withdrawal.id).filter((id) => ids.includes(id));
    expect(seen).toEqual(ids);
  });
});
