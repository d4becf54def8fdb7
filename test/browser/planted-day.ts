import { expect } from '@jest/globals';
import { type Account, type RechargeView, type TestStack, eventually } from '#libs/testing';
import { loadChannelAccounts } from '#libs/payments';

/** The one account of Alipay that takes payments in these stories, so that a day of it is one reconciliation. */
export const ACCOUNT = 'alipay-main';

/** With these nothing is asked by itself after a payment: what no notify told is unknown until the bill tells it. */
export const UNASKED: Readonly<Record<string, string>> = {
  QUERY_LADDER_SECONDS: '600',
  RECHARGE_EXPIRY_SECONDS: '3600',
  REFUND_RETRY_SECONDS: '600',
};

/** Orders of one day by what is wrong with them. */
export interface PlantedDay {
  readonly day: string;
  readonly agrees: RechargeView;
  readonly missed: RechargeView;
  readonly missedAndSilent: RechargeView;
  readonly missedAndWrong: RechargeView;
  readonly onlyHere: RechargeView;
  readonly amount: RechargeView;
  readonly fee: RechargeView;
  readonly refunded: RechargeView;
}

/** What the channel is told to do, and to write into its bills. */
async function control(stack: TestStack, path: string, body: object): Promise<void> {
  const response = await fetch(`${stack.urls.sandbox}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(`${path} ${response.status} ${await response.text()}`).toMatch(/ 20[0-9] /);
}

export const misprint = (stack: TestStack, number: string, mistake: object): Promise<void> =>
  control(stack, 'bills/mistakes', { channel: 'alipay', number, ...mistake });

/** Yesterday in Beijing, as the channel dates what is planted. */
const yesterday = (): string => new Date(Date.now() - 16 * 3_600_000).toISOString().slice(0, 10);
const noonOf = (day: string): string => `${day}T12:00:00+08:00`;

/** A yesterday on which a difference of each kind has happened, each in the way in which it happens in life. */
export async function plantDay(stack: TestStack, merchant: Account): Promise<PlantedDay> {
  const day = yesterday();
  const paidAt = noonOf(day);
  const order = (amount: string) => merchant.recharge({ amount, channel: 'alipay', method: 'qr' });
  const pay = (
    { outTradeNo }: RechargeView,
    options: { notify?: 'normal' | 'never'; amount?: string } = {},
  ) => stack.sandboxClient.pay({ outTradeNo, payUrl: null }, { paidAt, ...options });
  const credited = async (amount: string): Promise<RechargeView> => {
    const recharge = await order(amount);
    await pay(recharge);
    return merchant.until(recharge.id, 'CREDITED');
  };
  const unheard = async (amount: string, paid = amount): Promise<RechargeView> => {
    const recharge = await order(amount);
    await pay(recharge, { notify: 'never', amount: paid });
    return recharge;
  };

  await takeOutOfService(stack, 'alipay-second');
  const agrees = await credited('10.00');
  const missed = await unheard('20.00');
  const missedAndSilent = await unheard('30.00');
  const missedAndWrong = await unheard('40.00', '39.00');
  const onlyHere = await credited('50.00');
  const amount = await credited('60.00');
  const fee = await credited('70.00');
  const refunded = await credited('80.00');
  await payElsewhere(stack, paidAt);
  await refundUnheard(stack, merchant, refunded, paidAt);

  // The channel is silent once when the day is compared; for one of the two also when the operator asks first.
  await stack.sandboxClient.order(missedAndWrong.outTradeNo, { serverError: 1 });
  await stack.sandboxClient.order(missedAndSilent.outTradeNo, { serverError: 2 });
  await misprint(stack, onlyHere.outTradeNo, { omit: true });
  await misprint(stack, amount.outTradeNo, { amount: '61.00' });
  await misprint(stack, fee.outTradeNo, { fee: '1.00' });
  return { day, agrees, missed, missedAndSilent, missedAndWrong, onlyHere, amount, fee, refunded };
}

async function takeOutOfService(stack: TestStack, id: string): Promise<void> {
  const operator = await stack.api().signInOperator();
  await operator.call('PATCH', `/v1/admin/channel-accounts/${id}`, { body: { enabled: false } });
}

/** Another system of the same company takes money by the same account: our product never hears of it. */
async function payElsewhere(stack: TestStack, paidAt: string): Promise<void> {
  const accounts = loadChannelAccounts(stack.envOf('payment-1')['PAYMENT_CHANNELS_FILE'] ?? '');
  const account = accounts.find(({ id }) => id === ACCOUNT);
  await account?.channel.prepay({
    outTradeNo: SHOP_ORDER,
    method: 'qr',
    amount: 90_000_000n,
    subject: 'A mug of the company’s shop',
    expiresAt: new Date(Date.now() + 3_600_000),
    notifyUrl: 'http://127.0.0.1:9/nobody',
    returnUrl: 'http://127.0.0.1:9/nobody',
  });
  await stack.sandboxClient.pay({ outTradeNo: SHOP_ORDER, payUrl: null }, { notify: 'never', paidAt });
}

export const SHOP_ORDER = 'shop_2026_17';

/** The channel takes a refund and gives it back later, without a word. */
async function refundUnheard(
  stack: TestStack,
  merchant: Account,
  recharge: RechargeView,
  requestedAt: string,
): Promise<void> {
  await stack.sandboxClient.order(recharge.outTradeNo, { refundInProcess: 1 });
  const { id } = await merchant.call<{ id: string }>('POST', `/v1/recharges/${recharge.id}/refunds`, {
    body: { amount: '80.00', reason: 'Not needed' },
  });
  await eventually('the channel has taken the refund', () =>
    stack.sandboxClient.settleRefund(id, 'SUCCEEDED', requestedAt),
  );
}
