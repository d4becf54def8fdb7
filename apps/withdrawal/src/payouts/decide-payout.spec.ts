import { describe, expect, it } from '@jest/globals';
import { ChannelError, type ChannelErrorKind } from '#libs/payments';
import { decidePayout, decidePayoutError } from './decide-payout.js';

const NET = 96_000_000n;
const paidAt = new Date('2026-11-21T10:00:00Z');

describe("a channel's word about a payout", () => {
  it('that it is paid ends it, if it is the amount that was asked for', () => {
    const word = { state: 'SUCCEEDED', channelTransferNo: 'T1', amount: NET, paidAt } as const;
    expect(decidePayout(NET, word)).toEqual({ action: 'PAID', channelTransferNo: 'T1', paidAt });
    expect(decidePayout(NET - 1n, word)).toMatchObject({ action: 'WAIT', problem: 'AMOUNT_DIFFERS' });
  });

  it('that it waits for the payee is no problem, and says what the payee opens', () => {
    expect(decidePayout(NET, { state: 'AWAITS_PAYEE', confirmation: 'package' })).toEqual({
      action: 'WAIT',
      problem: null,
      message: null,
      awaitsPayee: true,
      confirmation: 'package',
    });
  });

  it.each([
    [{ state: 'PROCESSING' }, { action: 'WAIT', problem: null }],
    [
      { state: 'SHORT_OF_FUNDS', message: 'too little' },
      { action: 'WAIT', problem: 'SHORT_OF_FUNDS' },
    ],
    [
      { state: 'FAILED', problem: 'PAYEE_NAME_WRONG', message: 'another name' },
      { action: 'FAILED', problem: 'PAYEE_NAME_WRONG' },
    ],
    [{ state: 'CANCELLED' }, { action: 'CANCELLED' }],
    [
      { state: 'RETURNED', channelTransferNo: 'T1', amount: NET, message: 'no such card' },
      { action: 'RETURNED', message: 'no such card' },
    ],
    [{ state: 'NOT_FOUND' }, { action: 'SEND' }],
  ] as const)('%j means %j', (word, decision) => {
    expect(decidePayout(NET, word)).toMatchObject(decision);
  });
});

describe('no word at all', () => {
  it.each([
    ['UNKNOWN', 'ASK_LATER'],
    ['NOT_DONE', 'ASK_LATER'],
    ['UNTRUSTED', 'ASK_LATER'],
    ['REFUSED', 'FAILED'],
  ] as const)('%s: %s', (kind: ChannelErrorKind, action) => {
    expect(decidePayoutError(new ChannelError(kind, 'CODE', 'words'))).toMatchObject({ action });
  });
});
