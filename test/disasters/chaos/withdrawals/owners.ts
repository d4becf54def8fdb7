import { beijingDayOf } from '#libs/calendar';
import { wallet, withdrawal } from '#libs/contracts';
import { parseYuan } from '#libs/money';
import { type Account, eventually, type SandboxClient, type TestStack } from '#libs/testing';
import { patiently } from '../patience.js';
import type { PatientRpc } from './patient-rpc.js';
import { EARNED_BEFORE_FEN, OWNERS, type PayeeKind, type WithdrawalPlan } from './withdrawal-plan.js';
import { withCheckDigit } from '../../../e2e/support/card-number.js';

export const MICROS_PER_FEN = 10_000n;
/** The most that one recharge may be. */
const RECHARGE_YUAN = '50000.00';
const OWNER_SHARE_BPS = 7_000n;
const NAME = '王小明';
const ANOTHER_NAME = '欧阳娜娜';
/** Of owners, campaigns and payout accounts: none of them is anybody else's number. */
const FIRST_NUMBER = 7_000_000;

export interface Payee {
  readonly payoutAccountId: string;
  readonly number: string;
}

export interface Owner {
  readonly id: string;
  readonly campaignId: string;
  readonly payees: Readonly<Record<PayeeKind, Payee>>;
  /** In micro-yuan: the owner's shares of all spends that were posted. */
  earned: bigint;
}

/** Owners of traffic: a merchant's campaigns spend, owners earn, and it is due the same day. */
export class Owners {
  readonly all: Owner[] = [];
  private readonly day = beijingDayOf(new Date());
  private merchantId = '';
  private lastNumber = FIRST_NUMBER;

  constructor(
    private readonly stack: TestStack,
    private readonly rpc: PatientRpc,
    private readonly seed: number,
  ) {}

  /** Before any trouble: somebody's money, everybody's accounts, and what was earned until now. */
  async prepare(plans: readonly WithdrawalPlan[]): Promise<void> {
    const before = shareless(BigInt(EARNED_BEFORE_FEN) * MICROS_PER_FEN);
    const budgetOf = (owner: number) =>
      plans
        .filter((plan) => plan.owner === owner)
        .reduce((sum, { earnedMicros }) => sum + earnedMicros, before);
    const budgets = Array.from({ length: OWNERS }, (_, owner) => budgetOf(owner));
    await this.findMerchantWith(budgets.reduce((sum, budget) => sum + budget, 0n));
    this.all.push(...(await Promise.all(budgets.map((budget) => this.makeOwner(budget)))));
    await Promise.all(this.all.map((owner) => this.earn(owner, 'before', before)));
  }

  /** One spend, posted as often as told: its key makes it one. */
  async earn(owner: Owner, window: string | number, amount: bigint, times = 1): Promise<void> {
    const spend = {
      key: `chaos-${this.seed}-${window}:${owner.campaignId}:top`,
      merchantId: this.merchantId,
      campaignId: owner.campaignId,
      trafficOwnerId: owner.id,
      day: this.day,
      amount,
      ownerShareBps: Number(OWNER_SHARE_BPS),
    };
    const post = () =>
      patiently('post a spend', async () => {
        const { outcomes } = await this.rpc.call(wallet.postSpends, { spends: [spend] });
        if (!outcomes[0]?.transferId) throw new Error(`The spend was refused: ${outcomes[0]?.refusal}`);
      });
    await Promise.all(Array.from({ length: times }, post));
    owner.earned += (amount * OWNER_SHARE_BPS) / 10_000n;
  }

  /** What each has in the end. */
  async balances(): Promise<Map<Owner, Awaited<ReturnType<Owners['balancesOf']>>>> {
    return new Map(
      await Promise.all(this.all.map(async (owner) => [owner, await this.balancesOf(owner)] as const)),
    );
  }

  balancesOf(owner: Owner) {
    return this.rpc.call(wallet.getEarnings, { ownerId: owner.id, from: this.day, to: this.day });
  }

  private async findMerchantWith(total: bigint): Promise<void> {
    const merchant = await this.stack.api().registerMerchant();
    this.merchantId = merchant.id;
    for (let recharged = 0n; recharged < total; recharged += parseYuan(RECHARGE_YUAN))
      await recharge(merchant, this.stack.sandboxClient);
    await eventually('the merchant can spend it', async () => parseYuan(await merchant.balance()) >= total, {
      withinMs: 60_000,
      everyMs: 100,
    });
  }

  private async makeOwner(budget: bigint): Promise<Owner> {
    const [id, campaignId] = [this.number(), this.number()];
    const hold = { key: `hold:${campaignId}`, merchantId: this.merchantId, campaignId };
    await this.rpc.call(wallet.holdBudget, { ...hold, cash: budget, bonus: 0n });
    const payees = {
      alipay: await this.makePayee(id, 'alipay'),
      wechat: await this.makePayee(id, 'wechat'),
      bank: await this.makePayee(id, 'bank'),
      alipayInAnotherName: await this.makePayee(id, 'alipay', { name: ANOTHER_NAME }),
      wechatOfNobody: await this.makePayee(id, 'wechat', { exists: false }),
    };
    return { id, campaignId, payees, earned: 0n };
  }

  private async makePayee(
    ownerId: string,
    method: withdrawal.PayoutMethod,
    /** What the channel knows of it. */
    truth: { readonly name?: string; readonly exists?: boolean } = { name: NAME },
  ): Promise<Payee> {
    const number = this.payeeNumber(method);
    if (method !== 'bank')
      await this.stack.sandboxClient.setPayee({ channel: method, account: number, ...truth });
    const { id: payoutAccountId } = await this.rpc.call(withdrawal.addPayoutAccount, {
      ownerId,
      method,
      number,
      holderName: NAME,
      ...(method === 'bank' ? { bankName: '招商银行' } : {}),
    });
    return { payoutAccountId, number };
  }

  private payeeNumber(method: withdrawal.PayoutMethod): string {
    const digits = this.number().padStart(12, '0');
    if (method === 'alipay') return `2088${digits}`;
    return method === 'wechat' ? `oUpF8uMuAJO_${digits}` : withCheckDigit(`622202${digits}`);
  }

  private number(): string {
    this.lastNumber += 1;
    return String(this.lastNumber);
  }
}

/** What has to be spent for an owner to have at least so much of it; a multiple of ten micro-yuan. */
const shareless = (earned: bigint): bigint => ((earned * 1_000n) / OWNER_SHARE_BPS) * 10n + 10n;

async function recharge(merchant: Account, sandbox: SandboxClient): Promise<void> {
  const { outTradeNo, payUrl } = await merchant.recharge({
    amount: RECHARGE_YUAN,
    channel: 'alipay',
    method: 'qr',
  });
  await sandbox.pay({ outTradeNo, payUrl });
}
