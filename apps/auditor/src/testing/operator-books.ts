import type { wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { CampaignController } from '../../../wallet/src/campaign/campaign.controller.js';
import { PostingAnnouncer } from '../../../wallet/src/ledger/posting-announcer.js';
import { maturity } from '../../../wallet/src/earnings/maturity.recipe.js';
import { type OperatorDesks, openDesks } from '../../../wallet/src/testing/operator-desks.js';
import type { LedgerReplica, TestLedger } from '../../../wallet/src/testing/test-ledger.js';
import { WithdrawalController } from '../../../wallet/src/withdrawal/withdrawal.controller.js';

const YUAN = 1_000_000n;
const [MERCHANT, OWNER, DAY] = ['7', '9', '2026-11-20'];

/** Of each withdrawal. */
export const WITHDRAWAL_TERMS = { amount: 2n * YUAN, fee: YUAN / 10n, tax: YUAN / 5n };

/**
 * What operators have done: two corrections (one refused), a bonus, one that has ended half spent, settlements in both
 * directions. And what campaigns and withdrawals hold: one open, one paid, one let go, one that came back.
 */
export async function bookOfOperators(ledger: TestLedger, replica: LedgerReplica): Promise<void> {
  const log = Log.create('wallet', 'wallet-1', 'silent');
  const desks = await openDesks(ledger, replica.ledger);
  await adjust(desks, { amount: 3n * YUAN });
  await adjust(desks, { amount: -1_000n * YUAN });
  await adjust(desks, { purpose: 'bonus', account: 'merchant_bonus', amount: 2n * YUAN });
  const campaigns = new CampaignController(replica.ledger, log);
  await campaigns.hold({ key: 'hold', merchantId: MERCHANT, campaignId: '5', cash: 12n * YUAN, bonus: YUAN });
  const ending = { purpose: 'bonus', account: 'merchant_bonus', amount: 9n * YUAN } as const;
  const { id } = await adjust(desks, { ...ending, expiresAt: new Date(Date.now() + 60_000) });
  await ledger.database.write(
    'UPDATE `adjustment` SET `expires_at` = UTC_TIMESTAMP(3), `due_at` = UTC_TIMESTAMP(3) WHERE `id` = ?',
    [id],
  );
  await desks.adjustmentSweep.round();
  for (const [direction, bankReference, fee] of [
    ['payout', 'B-1', YUAN / 10n],
    ['top_up', 'B-2', 0n],
  ] as const) {
    const line = { operatorId: '11', channel: 'alipay', valueDate: DAY, amount: 5n * YUAN } as const;
    await desks.settlements.record({ ...line, direction, bankReference, fee });
  }
  await desks.close();
  await earnAndWithdraw(replica, campaigns);
}

let lastKey = 0;
async function adjust(
  { adjustments }: OperatorDesks,
  wish: Partial<Parameters<OperatorDesks['adjustments']['request']>[0]>,
): Promise<wallet.Adjustment> {
  const content = Buffer.from('the letter');
  const isBonus = wish.purpose === 'bonus';
  const { id } = await adjustments.request({
    operatorId: '11',
    idempotencyKey: `key-${(lastKey += 1)}`,
    purpose: 'correction',
    account: 'merchant_cash',
    ownerId: MERCHANT,
    part: null,
    amount: YUAN,
    reason: 'as the letter says',
    expiresAt: null,
    attachment: isBonus ? null : { fileName: 'letter.txt', contentType: 'text/plain', content },
    ...wish,
  });
  return adjustments.approve({ adjustmentId: id, operatorId: '12' });
}

async function earnAndWithdraw(replica: LedgerReplica, campaigns: CampaignController): Promise<void> {
  const spent = { merchantId: MERCHANT, campaignId: '5', trafficOwnerId: OWNER, day: DAY };
  await campaigns.spend({ spends: [{ ...spent, key: 'spend', amount: 11n * YUAN, ownerShareBps: 8_000 }] });
  await campaigns.release({ key: 'release', merchantId: MERCHANT, campaignId: '5' });
  await replica.ledger.post(maturity({ ownerId: OWNER, day: DAY, version: 1, today: DAY }, {}));
  const postings = new PostingAnnouncer(
    replica.ledger,
    replica.outbox,
    Log.create('wallet', 'w-1', 'silent'),
  );
  const withdrawals = new WithdrawalController(replica.ledger, postings);
  const terms = { ...WITHDRAWAL_TERMS, ownerId: OWNER, method: 'alipay' } as const;
  for (const withdrawalId of ['401', '402', '403', '404']) {
    await withdrawals.hold({ withdrawalId, ownerId: OWNER, amount: terms.amount });
  }
  await withdrawals.settle({ ...terms, withdrawalId: '402', outcome: 'PAID' });
  await withdrawals.settle({ ...terms, withdrawalId: '403', outcome: 'RELEASED' });
  await withdrawals.settle({ ...terms, withdrawalId: '404', outcome: 'PAID' });
  await withdrawals.bookReturn({ ...terms, withdrawalId: '404' });
}
