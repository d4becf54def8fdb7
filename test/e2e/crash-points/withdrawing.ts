import { wallet, withdrawal } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { patiently } from '../../disasters/chaos/patience.js';
import type { CrashWorld } from './world.js';

export const WITHIN_MS = 45_000;
export const OPERATOR = '901';
export const SECOND_OPERATOR = '902';

const RESULTS_HEADING = 'withdrawal_id,amount,outcome,bank_reference,message';
/** By ISO/IEC 7812-1 each is a card number: the last digit is the check digit. */
const CARD = '6222021234567890128';

export const until = (what: string, condition: () => Promise<unknown>) =>
  eventually(what, condition, { withinMs: WITHIN_MS, everyMs: 50 });

/** In Beijing. */
export const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

export const totalsOf = (world: CrashWorld, ownerId: string) =>
  world.rpc.call(wallet.getEarnings, { ownerId, from: today(), to: today() });

/** What a traffic owner, operators, a payee and a bank do, again and again until it is done. */
export class Withdrawing {
  private id = '';

  private constructor(
    private readonly world: CrashWorld,
    readonly ownerId: string,
    private readonly payoutAccountId: string,
  ) {}

  static async by(
    world: CrashWorld,
    ownerId: string,
    method: withdrawal.PayoutMethod = 'alipay',
  ): Promise<Withdrawing> {
    const digits = world.nextNumber().slice(-12).padStart(12, '0');
    const number = { alipay: `2088${digits}`, wechat: `oUpF8uMuAJO_${digits}`, bank: CARD }[method];
    const account = await world.rpc.call(withdrawal.addPayoutAccount, {
      ownerId,
      method,
      number,
      holderName: '王小明',
      ...(method === 'bank' ? { bankName: '工商银行' } : {}),
    });
    return new Withdrawing(world, ownerId, account.id);
  }

  async request(amount: bigint): Promise<void> {
    const wish = { ownerId: this.ownerId, payoutAccountId: this.payoutAccountId, amount };
    const { id } = await patiently('request', () =>
      this.world.rpc.call(withdrawal.createWithdrawal, { ...wish, idempotencyKey: `of ${this.ownerId}` }),
    );
    this.id = id;
  }

  /** Until a state is reached; asks once more for what leads there, as long as it stands where that can be asked for. */
  async reach(
    wanted: withdrawal.WithdrawalState,
    ask: () => Promise<unknown> = () => Promise.resolve(),
    standing: withdrawal.WithdrawalState = 'IN_REVIEW',
  ): Promise<void> {
    await until(`withdrawal ${this.id} is ${wanted}`, async () => {
      const { state } = await this.state();
      if (state === standing) await ask();
      return state === wanted;
    });
  }

  approve(operatorId = OPERATOR): Promise<unknown> {
    const [withdrawalId, note] = [this.id, 'known for years'];
    return this.world.rpc.call(withdrawal.approveWithdrawal, { withdrawalId, operatorId, note });
  }

  reject(): Promise<unknown> {
    const [withdrawalId, operatorId, reason] = [this.id, OPERATOR, 'clicks by their own devices'];
    return this.world.rpc.call(withdrawal.rejectWithdrawal, { withdrawalId, operatorId, reason });
  }

  cancel(): Promise<unknown> {
    const [withdrawalId, ownerId] = [this.id, this.ownerId];
    return this.world.rpc.call(withdrawal.cancelWithdrawal, { withdrawalId, ownerId });
  }

  exportForBank(): Promise<unknown> {
    return this.world.rpc.call(withdrawal.createBankBatch, { operatorId: OPERATOR });
  }

  /** The bank's results, as a file that says so much of this payout. */
  async bankSays(outcome: 'PAID' | 'RETURNED'): Promise<void> {
    const { net } = await this.state();
    const yuan = `${net / 1_000_000n}.${String((net / 10_000n) % 100n).padStart(2, '0')}`;
    const csv = [RESULTS_HEADING, `${this.id},${yuan},${outcome},B${this.id},`].join('\n');
    await patiently(`import ${outcome}`, () =>
      this.world.rpc.call(withdrawal.importBankResults, { operatorId: OPERATOR, csv }),
    );
  }

  /** The payee takes it on the channel's page, as soon as we have been told where that is. */
  async confirm(): Promise<void> {
    await until('the payee can confirm', async () => (await this.state()).confirmation !== null);
    await this.world.stack.sandboxClient.confirmTransfer(this.id);
  }

  /** The bank has given it back to the channel. */
  async comeBack(): Promise<void> {
    await this.world.stack.sandboxClient.returnTransfer(this.id);
  }

  /** The channel has paid it so many times under its own number. */
  async expectPaid(times: 0 | 1): Promise<void> {
    const transfers = await this.world.stack.sandboxClient.transfers();
    const ours = transfers.filter(({ outTransferNo }) => outTransferNo === this.id);
    if (ours.length !== times) throw new Error(`The channel has ${ours.length} transfers of ${this.id}`);
  }

  private async state(): Promise<withdrawal.Withdrawal> {
    const answer = await this.world.rpc.call(withdrawal.getWithdrawal, {
      withdrawalId: this.id,
      ownerId: null,
    });
    return answer.withdrawal;
  }
}
