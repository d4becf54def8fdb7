import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Account, type RechargeView } from '#libs/testing';
import { BY_WECHAT, type WaysWorld } from '../ways/ways-world.js';

/** How a notify is wrong, what the counter calls it, and what answers it: payment, or the gateway by itself. */
const WRONG: readonly (readonly [string, { malform?: string; signature?: 'wrong' | 'missing' }, string])[] = [
  ['whose ciphertext was cut off', { malform: 'truncated-ciphertext' }, 'MALFORMED'],
  ['whose nonce is too short', { malform: 'short-nonce' }, 'MALFORMED'],
  ['whose ciphertext is no base64', { malform: 'bad-base64' }, 'MALFORMED'],
  ['sealed with the key of somebody else', { malform: 'wrong-key' }, 'UNDECRYPTABLE'],
  ['signed more than five minutes ago: a replay', { malform: 'stale' }, 'STALE'],
  ['signed under a serial that nobody knows', { malform: 'unknown-serial' }, 'UNKNOWN_KEY'],
  ['that only probes whether we verify (SIGNTEST)', { malform: 'sign-test' }, 'PROBE'],
  ['changed after it was signed', { signature: 'wrong' }, 'BAD_SIGNATURE'],
  ['without a signature', { signature: 'missing' }, 'MALFORMED'],
];

/** Those of Alipay are in `refused.stories.ts`. */
export function wechatNotifyStories(world: WaysWorld): void {
  let pauper: Account;

  beforeAll(async () => {
    pauper = await world.api.registerMerchant();
  });
  afterAll(() => signNotifiesWith('follow'));

  const signNotifiesWith = (notifies: string) =>
    fetch(`${world.stack.urls.sandbox}/control/wechat/signing`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ notifies }),
    });

  const countOf = (result: string) =>
    world.stack.counter('payment', 'clearbid_payment_notifies_total', { channel: 'wechat', result });

  const refusalsInTheLog = (reason: string) =>
    world.stack.logs
      .of('payment')
      .filter(({ level, fields }) => level === 'warn' && fields['reason'] === reason).length;

  /** Paid by nobody as far as we know: the channel's own notify never comes. */
  async function paidUnheard(): Promise<RechargeView> {
    const recharge = await pauper.recharge({ ...BY_WECHAT });
    await world.pay(recharge, { notify: 'never' });
    return recharge;
  }

  it.each(WRONG)('%s: an error answer, a log line, a counter, nothing else', async (_what, wrong, result) => {
    // Not paid: no query can find anything while the notify says that it was.
    const recharge = await pauper.recharge({ ...BY_WECHAT });
    const before = {
      rows: await world.books.rowCounts(),
      order: await world.books.orderOf(recharge.id),
      count: await countOf(result),
      lines: refusalsInTheLog(result),
    };

    const [delivery] = await world.stack.sandboxClient.notify(recharge.outTradeNo, {
      fields: { trade_state: 'SUCCESS' },
      ...wrong,
    });

    expect(delivery).toMatchObject({ accepted: false });
    expect(delivery?.status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(delivery?.answer ?? '')).toMatchObject({
      code: 'FAIL',
      message: expect.stringMatching(/\w/),
    });
    expect(await countOf(result)).toBe(before.count + 1);
    expect(refusalsInTheLog(result)).toBe(before.lines + 1);
    expect(await world.books.rowCounts()).toEqual(before.rows);
    expect(await world.books.orderOf(recharge.id)).toEqual(before.order);
    expect(await pauper.balance()).toBe('0.00');
  });

  it('of two megabytes: the gateway does not even pass it on', async () => {
    const recharge = await pauper.recharge({ ...BY_WECHAT });
    const before = await world.books.orderOf(recharge.id);

    const [delivery] = await world.stack.sandboxClient.notify(recharge.outTradeNo, { malform: 'huge' });

    expect(delivery?.accepted).toBe(false);
    expect([413, null]).toContain(delivery?.status);
    expect(await world.books.orderOf(recharge.id)).toEqual(before);
  });

  it.each(['follow', 'public-key', 'certificate', 'both'])(
    'signed with the keys of a merchant who switches (%s) is believed, fifty times at once, and credits once',
    async (notifies) => {
      await signNotifiesWith(notifies);
      const merchant = await world.api.registerMerchant();
      const recharge = await merchant.recharge({ amount: '50.00', ...BY_WECHAT });
      await world.pay(recharge, { notify: 'never' });

      const deliveries = await world.stack.sandboxClient.notify(recharge.outTradeNo, { count: 50 });

      expect(deliveries.map(({ accepted }) => accepted)).toEqual(deliveries.map(() => true));
      await merchant.until(recharge.id, 'CREDITED');
      expect(await world.books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
    },
  );

  it.each([
    ['a fen less', { 'amount.total': '4999' }],
    ['another merchant', { mchid: '1900000666' }],
    ['another application', { appid: 'wx6660000000000000' }],
  ])('that tells of %s: a conflict for an operator, and nobody is credited', async (_what, fields) => {
    const recharge = await paidUnheard();

    const [delivery] = await world.stack.sandboxClient.notify(recharge.outTradeNo, { fields });

    expect(delivery?.accepted).toBe(true);
    expect(await pauper.get(recharge.id)).toMatchObject({ state: 'CLOSED', inConflict: true });
    expect(await pauper.balance()).toBe('0.00');
  });
}
