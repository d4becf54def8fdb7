import { Injectable } from '@nestjs/common';
import { DomainError, type RequestOf, wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { currentContext } from '#libs/transport';
import { type SeqRange, type StatementAccount, StatementBlocks } from './statement-blocks.js';
import { StatementRepository, type StoredEntry } from './statement.repository.js';

/** Names one account, or a kind that has parts. */
interface AccountName {
  readonly ownerId: string;
  readonly account: wallet.WalletAccountKind;
  readonly part?: string | undefined;
}

interface Period {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

type ListRequest = RequestOf<typeof wallet.listEntries>;

/** An account that nothing was posted to yet. */
const UNOPENED: StatementAccount = { id: '0', version: 0 };
/** Parts are asked for their balance so many at a time. */
const PARTS_AT_ONCE = 8;
const PARTS_PAGE = 200;

/** Reads accounts: pages of entries, what a period did, what there was at a moment. */
@Injectable()
export class StatementService {
  constructor(
    private readonly statement: StatementRepository,
    private readonly blocks: StatementBlocks,
    private readonly log: Log,
  ) {}

  /** @returns one more than `limit` when there is another page. */
  async list(request: ListRequest): Promise<StoredEntry[]> {
    const account = await this.accountOf(request);
    const newestFirst = request.order !== 'oldest-first';
    const cursor = request.cursor === undefined ? null : Number(request.cursor);
    const period = await this.rangeOf(account, request);
    const range = {
      afterSeq: Math.max(period.afterSeq, request.afterSeq ?? 0, (!newestFirst && cursor) || 0),
      lastSeq: Math.min(period.lastSeq, newestFirst && cursor !== null ? cursor - 1 : Infinity),
    };
    if (range.afterSeq >= range.lastSeq) return [];
    const options = { newestFirst, limit: request.limit + 1 };
    return request.kind === undefined
      ? this.statement.entries(account.id, range, options)
      : this.ofKind(account, request.kind, range, options);
  }

  async summarize(request: AccountName & Period): Promise<wallet.StatementTotals> {
    const account = await this.accountOf(request);
    const { afterSeq, lastSeq } = await this.rangeOf(account, request);
    const { rest, ...blocks } = await this.blocks.sumsOf(account, { afterSeq, lastSeq });
    const [opening, closing, ...sums] = await Promise.all([
      this.statement.balanceAfter(account.id, afterSeq),
      this.statement.balanceAfter(account.id, lastSeq),
      ...rest.map((range) => this.statement.sums(account.id, range)),
    ]);
    const total = (of: 'credits' | 'debits') => sums.reduce((sum, each) => sum + each[of], blocks[of]);
    return {
      opening,
      closing,
      credits: total('credits'),
      debits: total('debits'),
      firstSeq: afterSeq + 1,
      lastSeq,
    };
  }

  async balanceAt(name: AccountName & { readonly at: Date }): Promise<{ balance: bigint; entries: number }> {
    if (name.part === undefined && wallet.PARTED_ACCOUNT_KINDS.has(name.account))
      return this.balanceOfPartsAt(name);
    return this.balanceOfOneAt(await this.accountOf(name), name.at);
  }

  private async balanceOfOneAt(
    account: StatementAccount,
    at: Date,
  ): Promise<{ balance: bigint; entries: number }> {
    const entries = await this.blocks.entriesUntil(account, at, 'at');
    return { balance: await this.statement.balanceAfter(account.id, entries), entries };
  }

  private async balanceOfPartsAt({
    ownerId,
    account: kind,
    at,
  }: AccountName & { readonly at: Date }): Promise<{ balance: bigint; entries: number }> {
    const total = { balance: 0n, entries: 0 };
    let beforeId: string | null = null;
    do {
      const page = await this.statement.parts(ownerId, kind, beforeId, PARTS_PAGE);
      for (let first = 0; first < page.length; first += PARTS_AT_ONCE) {
        const some = page.slice(first, first + PARTS_AT_ONCE);
        for (const { balance, entries } of await Promise.all(
          some.map((part) => this.balanceOfOneAt(part, at)),
        )) {
          total.balance += balance;
          total.entries += entries;
        }
      }
      beforeId = page.length < PARTS_PAGE ? null : (page.at(-1)?.id ?? null);
    } while (beforeId !== null);
    return total;
  }

  /** Reads only where there are some: block by block, never the whole account. */
  private async ofKind(
    account: StatementAccount,
    kind: wallet.TransferKind,
    range: SeqRange,
    options: { readonly newestFirst: boolean; readonly limit: number },
  ): Promise<StoredEntry[]> {
    const found: StoredEntry[] = [];
    let { afterSeq, lastSeq } = range;
    while (found.length < options.limit && afterSeq < lastSeq) {
      const wanted = options.limit - found.length;
      const where = { afterSeq, lastSeq, newestFirst: options.newestFirst };
      const stretches = await this.blocks.stretchesOf(account, kind, where, wanted);
      for (const stretch of stretches) {
        if (found.length === options.limit) break;
        const limit = options.limit - found.length;
        found.push(...(await this.statement.entries(account.id, stretch, { ...options, kind, limit })));
      }
      const end = stretches.at(-1);
      if (!end) break;
      if (options.newestFirst) lastSeq = end.afterSeq;
      else afterSeq = end.lastSeq;
    }
    return found;
  }

  private async rangeOf(account: StatementAccount, { from, to }: Period): Promise<SeqRange> {
    const [afterSeq, lastSeq] = await Promise.all([
      from ? this.blocks.entriesUntil(account, from, 'before') : 0,
      to ? this.blocks.entriesUntil(account, to, 'before') : account.version,
    ]);
    return { afterSeq, lastSeq: Math.max(afterSeq, lastSeq) };
  }

  /** @throws DomainError NOT_FOUND: a part that this owner has no account of; VALIDATION_FAILED: a kind that needs a part. */
  private async accountOf({ ownerId, account: kind, part }: AccountName): Promise<StatementAccount> {
    const isParted = wallet.PARTED_ACCOUNT_KINDS.has(kind);
    if (isParted !== (part !== undefined)) {
      const message = isParted ? `must name one of the accounts of ${kind}` : `${kind} has no parts`;
      throw new DomainError('VALIDATION_FAILED', `part ${message}`, { errors: [{ field: 'part', message }] });
    }
    const code = part === undefined ? `${kind}:${ownerId}` : `${kind}:${ownerId}:${part}`;
    const account = await this.statement.findAccount(code);
    if (account) return account;
    if (part === undefined) return UNOPENED;
    // Every owner may have the days of everybody; ids belong to one.
    if (kind !== 'traffic_pending' && (await this.statement.partExists(kind, part)))
      this.log.warn(
        { askedBy: currentContext()?.principal?.accountId ?? ownerId, ownerId, account: kind, part },
        'somebody asked for an account that is not theirs',
      );
    throw new DomainError('NOT_FOUND', `There is no account ${kind} of ${part} here`);
  }
}
