import { describe, expect, it } from '@jest/globals';
import { LATE_BY_MS, planNotifies, type NotifyMode } from './notify-plan.js';

describe('the notifies of a payment', () => {
  const plan = (mode: NotifyMode, delayMs?: number) => {
    let ids = 0;
    return planNotifies({
      mode,
      event: 'PAID',
      timeScale: 10,
      newNotifyId: () => `id${(ids += 1)}`,
      ...(delayMs === undefined ? {} : { delayMs }),
    });
  };

  it.each([
    ['normal', [{ notifyId: 'id1', event: 'PAID', delayMs: 0 }]],
    ['never', []],
    ['late', [{ notifyId: 'id1', event: 'PAID', delayMs: LATE_BY_MS / 10 }]],
    ['tampered', [{ notifyId: 'id1', event: 'PAID', delayMs: 0, tampered: true }]],
    [
      'duplicate',
      [
        { notifyId: 'id1', event: 'PAID', delayMs: 0 },
        { notifyId: 'id1', event: 'PAID', delayMs: 0 },
        { notifyId: 'id1', event: 'PAID', delayMs: 300 },
      ],
    ],
    [
      'outOfOrder',
      [
        { notifyId: 'id1', event: 'PAID', delayMs: 0 },
        { notifyId: 'id2', event: 'WAITING', delayMs: 300 },
      ],
    ],
  ] as const)('in mode %s', (mode, expected) => {
    expect(plan(mode)).toEqual(expected);
  });

  it('wait as long as told, in any mode, and that is never scaled', () => {
    expect(plan('late', 700).map((order) => order.delayMs)).toEqual([700]);
    expect(plan('duplicate', 700).map((order) => order.delayMs)).toEqual([700, 700, 1000]);
  });
});
