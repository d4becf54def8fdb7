import { DomainError } from '#libs/contracts';
import type { TransferOutcome, TransferRequest } from '../../ledger/transfer.js';
import type { BookReader, BookTransfer } from './book-reader.js';
import type { CommitLog, LoggedDecision } from './commit-log.js';
import { ModelBook, type ModelDecision, type Wish } from './model-book.js';

/** Somebody asked for something, and this is what they heard. */
export interface Answered {
  readonly sequence: number;
  readonly wish: Wish;
  readonly answer: TransferOutcome | Error;
}

export interface Fault {
  /** Of the sequence where it was seen first; null: of the book as a whole. */
  readonly sequence: number | null;
  readonly what: string;
}

interface Standing {
  readonly wish: Wish;
  readonly transferId: string;
  readonly rejection: string | null;
}

/** Holds what the ledger has done and said against the model, in the order of commit. */
export class Judge {
  readonly counts = new Map<string, number>();
  /** Kinds of transfer of which at least one was posted. */
  readonly kinds = new Set<string>();
  private readonly model = new ModelBook();
  private readonly standing = new Map<string, Standing>();
  private readonly firstAnswered = new Set<string>();

  constructor(
    private readonly log: CommitLog,
    private readonly book: BookReader,
  ) {}

  /** All that was decided and answered since the last time. Nothing may be under way. */
  async judge(
    answers: readonly Answered[],
    wishOf: (request: TransferRequest) => { wish: Wish; sequence: number } | undefined,
  ): Promise<Fault[]> {
    const logged = this.log.take();
    const accounts = await this.book.accounts();
    this.model.learnIds(new Map(accounts.map(({ code, id }) => [code, BigInt(id)])));
    const transfers = await this.book.transfers(
      logged.flatMap((item) => ('transferId' in item ? [item.transferId] : [])),
    );
    const faults: Fault[] = [];
    for (const item of logged) {
      if ('code' in item && 'frozen' in item) this.model.freeze(item.code, item.frozen);
      else if ('transferId' in item) faults.push(...this.decided(item, transfers, wishOf));
    }
    for (const answered of answers) faults.push(...this.answered(answered));
    const balances = this.model.balances();
    for (const { code, posted } of accounts) {
      const expected = balances.get(code) ?? 0n;
      if (posted !== expected)
        faults.push({ sequence: null, what: `${code} has ${posted}, and the model ${expected}` });
    }
    const wrong = await this.book.faultsOfAccounts(accounts);
    return [...faults, ...wrong.map((what) => ({ sequence: null, what }))];
  }

  private decided(
    { transferId, request }: LoggedDecision,
    transfers: ReadonlyMap<string, BookTransfer>,
    wishOf: (request: TransferRequest) => { wish: Wish; sequence: number } | undefined,
  ): Fault[] {
    const transfer = transfers.get(transferId);
    // Its transaction was rolled back, and another attempt has another number.
    if (!transfer) {
      this.count('attempts again');
      return [];
    }
    const asked = wishOf(request);
    if (!asked) return [{ sequence: null, what: `transfer ${transferId} was asked for by nobody` }];
    const { wish, sequence } = asked;
    const fault = (what: string): Fault => ({ sequence, what: `${what} (${wish.what})` });
    const earlier = this.standing.get(wish.key);
    if (earlier)
      return [fault(`${wish.key} was decided as ${earlier.transferId} and again as ${transferId}`)];
    const decision = this.model.decide(wish);
    this.standing.set(wish.key, { wish, transferId, rejection: decision.rejection });
    this.count(decision.rejection ?? 'posted');
    if (decision.rejection === null) this.kinds.add(transfer.kind);
    return [...differences(transfer, decision), ...this.book.faultsOf(transfer)].map(fault);
  }

  private answered({ sequence, wish, answer }: Answered): Fault[] {
    const fault = (what: string): Fault[] => [{ sequence, what: `${what} (${wish.what})` }];
    const standing = this.standing.get(wish.key);
    if (!standing)
      return fault(`nothing was decided under ${wish.key}, and the answer was ${toldBy(answer)}`);
    if (standing.wish.content !== wish.content) {
      this.count('conflicts');
      if (DomainError.is(answer, 'TRANSFER_KEY_CONFLICT') && answer.message.includes(wish.key)) return [];
      return fault(`another use of ${wish.key} was answered ${toldBy(answer)}`);
    }
    const expected = standing.rejection ?? 'posted';
    if (answer instanceof Error || toldBy(answer) !== expected || answer.transferId !== standing.transferId) {
      return fault(`the answer was ${toldBy(answer)} instead of ${expected} as ${standing.transferId}`);
    }
    if (answer.replayed) {
      this.count('replays');
      return [];
    }
    if (this.firstAnswered.has(wish.key)) return fault(`two were told that they were the first`);
    this.firstAnswered.add(wish.key);
    return [];
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

const toldBy = (answer: TransferOutcome | Error): string => {
  if (answer instanceof Error)
    return `${DomainError.is(answer) ? answer.code : answer.name}: ${answer.message}`;
  return answer.status === 'posted' ? 'posted' : answer.code;
};

/** What the book says of a transfer, and what the model says. */
function differences(transfer: BookTransfer, { rejection, entries }: ModelDecision): string[] {
  const says = transfer.status === 'posted' ? 'posted' : transfer.result_code;
  if (says !== (rejection ?? 'posted')) return [`the book says ${says}, the model ${rejection ?? 'posted'}`];
  const line = ({ code, seq, amount, balanceAfter }: ModelDecision['entries'][number]) =>
    `${code}#${seq} ${amount} → ${balanceAfter}`;
  const [inBook, inModel] = [transfer.entries, entries].map((all) => all.map(line).sort().join(', '));
  return inBook === inModel ? [] : [`the book says ${inBook}, the model ${inModel}`];
}
