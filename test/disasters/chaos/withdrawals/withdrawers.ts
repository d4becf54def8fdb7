import { withdrawal } from '#libs/contracts';
import type { SandboxClient, SandboxTransfer } from '#libs/testing';
import { type Errands, patiently } from '../patience.js';
import { Bank, OPERATORS } from './bank.js';
import { MICROS_PER_FEN, type Owner, type Owners } from './owners.js';
import type { PatientRpc } from './patient-rpc.js';
import { type Asking, faultsOf, type WithdrawalPlan } from './withdrawal-plan.js';

/** One key of one owner, and what was answered to it. */
export interface Wish {
  readonly plan: WithdrawalPlan;
  readonly owner: Owner;
  readonly key: string;
  readonly amount: bigint;
  /** Null when nothing was made. */
  readonly withdrawalId: string | null;
  readonly refusal: string | null;
}

const MIN_FEN = 1_000n;
const WINDOWS = 3;
const TOO_MUCH_FEN = 1_500_000n;
const BEYOND_LIMIT_FEN = 2_000_001n;

/** Plays what owners, operators, payees and the channels' clerks do about withdrawals. */
export class Withdrawers {
  readonly wishes: Wish[] = [];
  /** What was answered in two ways to the same question. */
  readonly contradictions: string[] = [];
  readonly bank: Bank;
  private readonly plans = new Map<string, WithdrawalPlan>();

  constructor(
    private readonly owners: Owners,
    private readonly rpc: PatientRpc,
    private readonly sandbox: SandboxClient,
    private readonly errands: Errands,
    private readonly seed: number,
  ) {
    this.bank = new Bank(rpc, (id) => this.plans.get(id)?.bankOutcome ?? 'PAID');
  }

  /** To be told of every payment that begins. */
  paymentBegins(plans: readonly WithdrawalPlan[], number: number): void {
    for (const plan of plans.filter(({ atPayment }) => atPayment === number))
      this.errands.add(async () => {
        await this.play(plan);
        return 'done';
      });
  }

  private async play(plan: WithdrawalPlan): Promise<void> {
    const owner = this.owners.all[plan.owner];
    if (!owner) throw new Error(`There is no owner ${plan.owner}`);
    await this.owners.earn(owner, plan.number, plan.earnedMicros, plan.earnsTwice ? 2 : 1);
    for (const wish of await this.ask(plan, owner)) {
      this.wishes.push(wish);
      const { withdrawalId } = wish;
      if (withdrawalId === null) continue;
      await patiently('order trouble', () => this.sandbox.order(withdrawalId, faultsOf(plan)));
      this.errands.add(async () => {
        const { state } = await this.get(withdrawalId);
        if (state === 'REQUESTED') return 'not yet';
        if (state === 'IN_REVIEW') await this.decide(wish, withdrawalId);
        return 'done';
      });
    }
  }

  /** Whatever is approved and was not brought to the bank yet. */
  async lastBankDay(): Promise<void> {
    await this.bank.visit(1);
  }

  private async ask(plan: WithdrawalPlan, owner: Owner): Promise<Wish[]> {
    const amount = amountOf(plan.asking, BigInt(plan.amountFen));
    const wish = (window = 0, fen = amount) => this.wish(plan, owner, window, fen * MICROS_PER_FEN);
    switch (plan.asking) {
      case 'once':
      case 'tooMuch':
      case 'beyondTheLimit':
        return [await wish()];
      case 'repeatedly': {
        const answers = [...(await Promise.all([wish(), wish(), wish()])), await wish()];
        return answers.slice(0, 1).map((first) => this.same(first, answers));
      }
      case 'anotherAmountUnderTheKey': {
        const first = await wish();
        const { refusal } = await wish(0, amount + 1n);
        if (refusal !== 'IDEMPOTENCY_KEY_REUSED')
          this.contradictions.push(`${first.key} was taken for two amounts: ${refusal}`);
        return [first];
      }
      case 'everythingFromEverywhere': {
        const { available } = await this.owners.balancesOf(owner);
        const everything = available / MICROS_PER_FEN;
        if (everything < MIN_FEN) return [await wish()];
        return Promise.all(Array.from({ length: WINDOWS }, (_, window) => wish(window, everything)));
      }
    }
  }

  private async wish(plan: WithdrawalPlan, owner: Owner, window: number, amount: bigint): Promise<Wish> {
    const key = `chaos-${this.seed}-${plan.number}-${window}`;
    const { payoutAccountId } = owner.payees[plan.payee];
    const request = { ownerId: owner.id, payoutAccountId, amount, idempotencyKey: key };
    const made = await this.rpc.ask(withdrawal.createWithdrawal, request);
    const of = { plan, owner, key, amount };
    if ('refusal' in made) return { ...of, withdrawalId: null, refusal: made.refusal };
    this.plans.set(made.answer.id, plan);
    return { ...of, withdrawalId: made.answer.id, refusal: null };
  }

  /** The same request, answered several times. */
  private same(first: Wish, answers: readonly Wish[]): Wish {
    const ids = new Set(answers.map(({ withdrawalId }) => withdrawalId));
    ids.delete(null);
    if (ids.size > 1) this.contradictions.push(`${first.key} made ${[...ids].join(' and ')}`);
    // Who asks while the wallet has not decided hears that it was taken, and who asks later that it was refused.
    return answers.find(({ withdrawalId }) => withdrawalId !== null) ?? first;
  }

  private async decide({ plan, owner }: Wish, withdrawalId: string): Promise<void> {
    const cancel = () => this.rpc.ask(withdrawal.cancelWithdrawal, { withdrawalId, ownerId: owner.id });
    if (plan.cancelling === 'beforeTheDecision') await cancel();
    const cancelling = plan.cancelling === 'duringTheDecision' ? cancel() : undefined;
    await Promise.all([this.judge(plan, withdrawalId), cancelling]);
    if (plan.cancelling === 'onItsWay') {
      const at = performance.now() + plan.cancelAfterMs;
      this.errands.add(async () => {
        if (performance.now() < at) return 'not yet';
        await cancel();
        return 'done';
      });
    }
    if (plan.bankDay !== 'none')
      this.errands.add(async () => {
        await this.bank.visit(plan.bankDay === 'one operator' ? 1 : 2);
        return 'done';
      });
    if (plan.payee !== 'bank') this.errands.add(() => this.follow(plan, owner, withdrawalId));
  }

  private async judge({ decision }: WithdrawalPlan, withdrawalId: string): Promise<void> {
    const [one, other] = OPERATORS;
    const approve = (operatorId: string) =>
      this.rpc.ask(withdrawal.approveWithdrawal, { withdrawalId, operatorId, note: 'known for years' });
    const reject = () =>
      this.rpc.ask(withdrawal.rejectWithdrawal, { withdrawalId, operatorId: other, reason: 'own clicks' });
    switch (decision) {
      case 'approve':
        break;
      case 'approveAtOnce':
        await Promise.all([approve(one), approve(other), approve(one)]);
        return;
      case 'reject':
        await reject();
        return;
      case 'disagree':
        await Promise.all([approve(one), reject()]);
        break;
    }
    await approve(one);
    await approve(other);
  }

  /** What payee and channel do with a transfer, wherever it is. */
  private async follow(
    plan: WithdrawalPlan,
    owner: Owner,
    withdrawalId: string,
  ): Promise<'done' | 'not yet'> {
    const transfer = await patiently('look at a transfer', () => this.transferOf(withdrawalId));
    switch (transfer?.status) {
      case 'PROCESSING':
        if (transfer.next?.at === null) await this.endInProcess(plan, withdrawalId);
        return 'not yet';
      case 'AWAITS_PAYEE':
        if (!plan.confirms) return 'done';
        // Taken back at this very moment: then it is not theirs any more.
        await this.sandbox.confirmTransfer(withdrawalId).catch(ignoreTooLate);
        // Who comes back from the channel's app looks whether it has arrived.
        await this.get(withdrawalId, owner.id);
        return 'not yet';
      case 'SUCCEEDED': {
        const { state } = await this.get(withdrawalId);
        if (state === 'PAYING') return 'not yet';
        if (plan.trouble === 'returnedLater' && transfer.channel === 'alipay')
          await this.sandbox.returnTransfer(withdrawalId).catch(ignoreTooLate);
        return 'done';
      }
      case 'TRANSFERRING':
      case 'CANCELLING':
        return 'not yet';
      case undefined: {
        const { state } = await this.get(withdrawalId);
        return state === 'APPROVED' || state === 'PAYING' ? 'not yet' : 'done';
      }
      default:
        return 'done';
    }
  }

  private async endInProcess({ inProcessFails }: WithdrawalPlan, withdrawalId: string): Promise<void> {
    const verdict = inProcessFails ? ({ state: 'FAILED' } as const) : {};
    await this.sandbox.settleTransfer(withdrawalId, verdict).catch(ignoreTooLate);
  }

  private async transferOf(withdrawalId: string): Promise<SandboxTransfer | undefined> {
    return this.sandbox.transfer(withdrawalId).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('TRANSFER_NOT_FOUND')) return undefined;
      throw error;
    });
  }

  private async get(withdrawalId: string, ownerId: string | null = null): Promise<withdrawal.Withdrawal> {
    const answer = await this.rpc.call(withdrawal.getWithdrawal, { withdrawalId, ownerId });
    return answer.withdrawal;
  }
}

function amountOf(asking: Asking, planned: bigint): bigint {
  if (asking === 'tooMuch') return TOO_MUCH_FEN;
  return asking === 'beyondTheLimit' ? BEYOND_LIMIT_FEN : planned;
}

/** It has gone on meanwhile: that is what the trouble is about. */
function ignoreTooLate(error: unknown): void {
  if (!(error instanceof Error) || !/TRANSFER_(ENDED|NOT_CONFIRMABLE|NOT_THERE)/.test(error.message))
    throw error;
}
