import { ApiRefusal, type RechargeView } from '#libs/testing';
import type { PlayedOrder } from './buyers.js';
import type { Errand } from './patience.js';
import { patiently } from './patience.js';

/** What the merchant gives back of an order, as soon as it is credited. */
export function givingBack(order: PlayedOrder): Errand | undefined {
  const { plan, merchant, id } = order;
  if (plan.givingBack === 'nothing') return undefined;
  return async () => {
    const recharge = await patiently('read', () => merchant.get(id));
    if (recharge.state === 'CLOSED') return 'done';
    if (recharge.state !== 'CREDITED') return 'not yet';
    await refund(order, recharge);
    return 'done';
  };
}

async function refund(order: PlayedOrder, { amount }: RechargeView): Promise<void> {
  const fen = Math.round(Number(amount) * 100);
  const part = Math.max(1, Math.floor(fen / 3));
  switch (order.plan.givingBack) {
    case 'nothing':
      return;
    case 'aPart':
      return ask(order, part, 'part');
    case 'all':
      return ask(order, fen, 'all');
    case 'inTwoParts':
      await ask(order, part, 'one');
      return ask(order, fen - part, 'other');
    case 'aPartRepeatedly':
      await Promise.all([1, 2, 3].map(() => ask(order, part, 'same')));
      return;
    case 'tooMuchAtOnce':
      await Promise.all([ask(order, fen - part + 1, 'most'), ask(order, fen - part, 'rest')]);
      return;
  }
}

/** A refusal is an answer: what was given back in the end is seen in the books. */
async function ask({ merchant, id }: PlayedOrder, fen: number, key: string): Promise<void> {
  try {
    await patiently(`refund of ${id}`, () =>
      merchant.call('POST', `/v1/recharges/${id}/refunds`, {
        body: { amount: (fen / 100).toFixed(2), reason: 'The buyer has changed their mind' },
        headers: { 'idempotency-key': key },
      }),
    );
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status >= 500) throw error;
  }
}
