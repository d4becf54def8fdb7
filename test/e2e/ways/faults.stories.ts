import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { FAULT_KINDS, type FaultKind } from '../../../apps/sandbox/src/faults/faults.js';
import { type Endings, FaultPlays } from './fault-plays.js';
import { BY_ALIPAY, BY_WECHAT, type WaysWorld } from './ways-world.js';

const UNHARMED: Endings = {
  paying: 'CREDITED',
  givingBack: 'SUCCEEDED',
  closing: 'CLOSED',
  balance: '25.00',
};

/** What is not named here ends as if nothing had happened. */
const OTHERWISE: Partial<Record<FaultKind, Endings>> = {
  wrongAmount: { ...UNHARMED, paying: 'IN_CONFLICT', givingBack: null, balance: '0.00' },
  paidAfterClose: { ...UNHARMED, closing: 'CREDITED', balance: '75.00' },
  refundAbnormal: { ...UNHARMED, givingBack: 'ABNORMAL' },
  refundClosed: { ...UNHARMED, givingBack: 'FAILED', balance: '50.00' },
};

/** Each trouble on each channel, all of them side by side: most of it is waiting. */
export function faultStories(world: WaysWorld): void {
  const plays = new FaultPlays(world);

  beforeAll(() => plays.begin(), 180_000);

  describe.each([BY_ALIPAY, BY_WECHAT])('Whatever goes wrong at $channel,', (way) => {
    it.each(FAULT_KINDS.map((fault) => [fault, OTHERWISE[fault] ?? UNHARMED] as const))(
      'an order ends as it must: %s',
      async (fault, endings) => {
        expect(await plays.endOf(fault, way)).toEqual(endings);
      },
      120_000,
    );
  });

  it('and the books are right after all of it', async () => {
    await plays.allEnded();
    await eventually('the audit is clean', () => world.audit().then(() => true), {
      withinMs: 30_000,
      everyMs: 1_000,
    });
  }, 180_000);
}
