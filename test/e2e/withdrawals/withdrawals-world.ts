import { beijingDayOf, dayAfter } from '#libs/calendar';
import { wallet, withdrawal } from '#libs/contracts';
import { eventually, startTestStack, type TestStack } from '#libs/testing';
import { RpcClient } from '#libs/transport';
import { Books } from '../support/books.js';
import { withCheckDigit } from '../support/card-number.js';

const YUAN = 1_000_000n;
/** Earlier than any earnings that still have to mature. */
const LONG_AGO_DAYS = 10;

export const OPERATOR = '901';
export const SECOND_OPERATOR = '902';

type Method = withdrawal.PayoutMethod;

/** Two replicas of those that are killed, and a merchant with money to spend; owners are spoken for by the services' own messages. */
export class WithdrawalsWorld {
  stack!: TestStack;
  books!: Books;
  rpc!: RpcClient;
  private merchantId = '';
  private lastNumber = 5_000_000;

  async start(): Promise<void> {
    this.stack = await startTestStack({
      replicas: { wallet: 2, withdrawal: 2 },
      env: (name): Record<string, string> =>
        name.startsWith('withdrawal')
          ? { WITHDRAWAL_FEE_BPS: '100', WITHDRAWAL_TAX_BPS: '300', WITHDRAWAL_DAY_COUNT: '100' }
          : {},
    });
    this.books = await Books.open(this.stack.urls.mysql);
    this.rpc = new RpcClient({ redis: this.stack.urls.redis, timeoutMs: 20_000 });
    await this.rpc.connect();
    const merchant = await this.stack.api().registerMerchant();
    this.merchantId = merchant.id;
    const recharge = await merchant.recharge({ amount: '50000.00', channel: 'alipay', method: 'qr' });
    await this.stack.sandboxClient.pay({ outTradeNo: recharge.outTradeNo, payUrl: recharge.payUrl });
    await merchant.until(recharge.id, 'CREDITED');
  }

  async stop(): Promise<void> {
    await this.rpc?.close();
    await this.books?.close();
    await this.stack?.stop();
  }

  number(): string {
    this.lastNumber += 1;
    return String(this.lastNumber);
  }

  /** A traffic owner who has earned so much, long enough ago. */
  async ownerWith(yuan: number): Promise<string> {
    const [ownerId, campaignId] = [this.number(), this.number()];
    const amount = BigInt(yuan) * YUAN;
    const campaign = { merchantId: this.merchantId, campaignId };
    await this.rpc.call(wallet.holdBudget, {
      key: `hold:${campaignId}`,
      ...campaign,
      cash: amount,
      bonus: 0n,
    });
    const day = dayAfter(beijingDayOf(new Date()), -LONG_AGO_DAYS);
    const key = `w:${campaignId}:top`;
    const spend = { key, ...campaign, trafficOwnerId: ownerId, day, amount, ownerShareBps: 10_000 };
    const { outcomes } = await this.rpc.call(wallet.postSpends, { spends: [spend] });
    if (!outcomes[0]?.transferId) throw new Error(`The spend was refused: ${outcomes[0]?.refusal}`);
    await this.untilAvailable(ownerId, amount);
    return ownerId;
  }

  /** A number of its own for each account, in a name that the sandbox takes for the right one. */
  async accountOf(ownerId: string, method: Method): Promise<withdrawal.PayoutAccount> {
    const number = this.numberFor(method);
    return this.rpc.call(withdrawal.addPayoutAccount, {
      ownerId,
      method,
      number,
      holderName: '王小明',
      ...(method === 'bank' ? { bankName: '招商银行' } : {}),
    });
  }

  numberFor(method: Method): string {
    const digits = this.number().padStart(12, '0');
    if (method === 'alipay') return `2088${digits}`;
    return method === 'wechat' ? `oUpF8uMuAJO_${digits}` : withCheckDigit(`622202${digits}`);
  }

  async request(ownerId: string, method: Method, yuan: number): Promise<withdrawal.Withdrawal> {
    const { id: payoutAccountId } = await this.accountOf(ownerId, method);
    const wish = { ownerId, payoutAccountId, amount: BigInt(yuan) * YUAN, idempotencyKey: this.number() };
    return this.rpc.call(withdrawal.createWithdrawal, wish);
  }

  approve(withdrawalId: string, operatorId = OPERATOR): Promise<withdrawal.ReviewItem> {
    return this.rpc.call(withdrawal.approveWithdrawal, { withdrawalId, operatorId, note: 'known for years' });
  }

  async get(withdrawalId: string): Promise<withdrawal.Withdrawal> {
    const answer = await this.rpc.call(withdrawal.getWithdrawal, { withdrawalId, ownerId: null });
    return answer.withdrawal;
  }

  async timeline(withdrawalId: string): Promise<string[]> {
    const { events } = await this.rpc.call(withdrawal.getWithdrawal, { withdrawalId, ownerId: null });
    return events.map(({ kind }) => kind);
  }

  async until(withdrawalId: string, state: withdrawal.WithdrawalState): Promise<withdrawal.Withdrawal> {
    await eventually(
      `withdrawal ${withdrawalId} is ${state}`,
      async () => (await this.get(withdrawalId)).state === state,
      { withinMs: 60_000 },
    );
    return this.get(withdrawalId);
  }

  /** The wallet has booked how it ended. */
  async untilBooked(withdrawalId: string, times = 1): Promise<void> {
    await eventually(
      `withdrawal ${withdrawalId} is booked`,
      async () => (await this.timeline(withdrawalId)).filter((kind) => kind === 'booked').length === times,
      { withinMs: 60_000 },
    );
  }

  async untilAvailable(ownerId: string, amount: bigint): Promise<void> {
    await eventually(
      `owner ${ownerId} has ${amount} available`,
      async () => (await this.earnings(ownerId)).available === amount,
      { withinMs: 60_000 },
    );
  }

  earnings(ownerId: string) {
    const today = beijingDayOf(new Date());
    return this.rpc.call(wallet.getEarnings, { ownerId, from: dayAfter(today, -30), to: today });
  }

  /** What the channel has really paid under a withdrawal's number; null when it knows nothing of it. */
  async paidByChannel(withdrawalId: string): Promise<{ status: string; amount: string } | null> {
    const all = await this.stack.sandboxClient.transfers();
    return all.find(({ outTransferNo }) => outTransferNo === withdrawalId) ?? null;
  }

  /** The auditor has nothing to say. */
  audit(): Promise<void> {
    return this.stack.run('apps/auditor/src/main.js');
  }
}
