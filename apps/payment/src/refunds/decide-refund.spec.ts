import { describe, expect, it } from '@jest/globals';
import { ChannelError, type ChannelErrorKind, type ChannelRefund } from '#libs/payments';
import { type RefundDecision, decideRefund, decideRefundError } from './decide-refund.js';

const ASKED = 12_340_000n;
const AT = new Date('2026-11-20T03:04:05.000Z');
const succeeded = (amount: bigint): ChannelRefund => ({
  state: 'SUCCEEDED',
  channelRefundNo: 'R1',
  amount,
  refundedAt: AT,
});

describe("the channel's word about a refund", () => {
  it.each<[string, ChannelRefund, RefundDecision]>([
    ['given back as asked', succeeded(ASKED), { action: 'SUCCEED', channelRefundNo: 'R1', refundedAt: AT }],
    [
      'failed for good',
      { state: 'FAILED', problem: 'TOO_OLD', message: 'over a year' },
      { action: 'FAIL', problem: 'TOO_OLD', message: 'over a year' },
    ],
    ['taken, undecided', { state: 'PROCESSING' }, { action: 'WAIT', problem: null, message: null }],
    [
      'somebody has to act at the channel',
      { state: 'ABNORMAL', message: 'closed card' },
      { action: 'WAIT', problem: 'ABNORMAL', message: 'closed card' },
    ],
    [
      'our account there is empty',
      { state: 'SHORT_OF_FUNDS', message: 'empty' },
      { action: 'WAIT', problem: 'INSUFFICIENT_SELLER_BALANCE', message: 'empty' },
    ],
    ['unknown to the channel', { state: 'NOT_FOUND' }, { action: 'SEND' }],
  ])('%s', (_name, answer, decision) => {
    expect(decideRefund(ASKED, answer)).toEqual(decision);
  });

  it.each([ASKED - 1n, ASKED + 1n, 0n])(
    'is not believed about %p where 12.34 yuan were asked for',
    (given) => {
      const decision = decideRefund(ASKED, succeeded(given));
      expect(decision).toMatchObject({ action: 'WAIT', problem: 'ABNORMAL' });
      expect((decision as { message: string }).message).toContain('12.34');
    },
  );
});

describe('a channel that gave no usable answer', () => {
  it.each<ChannelErrorKind>(['UNKNOWN', 'NOT_DONE', 'UNTRUSTED'])(
    'ends nothing when the outcome is %s: it may have been done, or may be done yet',
    (kind) => {
      expect(decideRefundError(new ChannelError(kind, 'X', 'x'))).toEqual({ action: 'ASK_LATER' });
    },
  );

  it('ends it when it refuses in words', () => {
    expect(decideRefundError(new ChannelError('REFUSED', 'X', 'not like this'))).toEqual({
      action: 'FAIL',
      problem: 'REFUSED_BY_CHANNEL',
      message: 'not like this',
    });
  });
});
