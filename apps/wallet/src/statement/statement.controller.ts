import { Controller } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { Rpc, currentContext } from '#libs/transport';
import { PostedTransferRepository } from './posted-transfer.repository.js';
import { StatementRepository } from './statement.repository.js';
import { StatementService } from './statement.service.js';

/** What an owner sees of the ledger. Whose wallet it is was decided by the caller's session, at the gateway. */
@Controller()
export class StatementController {
  constructor(
    private readonly service: StatementService,
    private readonly statement: StatementRepository,
    private readonly transfers: PostedTransferRepository,
    private readonly log: Log,
  ) {}

  @Rpc(wallet.getWallet)
  async getWallet({
    ownerId,
  }: RequestOf<typeof wallet.getWallet>): Promise<ResponseOf<typeof wallet.getWallet>> {
    const balances = await this.statement.balances(ownerId);
    return {
      ownerId,
      accounts: balances.flatMap(({ kind: name, posted, held, version }) => {
        const kind = wallet.walletAccountKind.safeParse(name);
        return kind.success ? [{ kind: kind.data, posted, held, available: posted - held, version }] : [];
      }),
    };
  }

  @Rpc(wallet.listParts)
  async listParts({
    ownerId,
    account,
    cursor,
    limit,
  }: RequestOf<typeof wallet.listParts>): Promise<ResponseOf<typeof wallet.listParts>> {
    if (!wallet.PARTED_ACCOUNT_KINDS.has(account)) return { items: [], nextCursor: null };
    const found = await this.statement.parts(ownerId, account, cursor ?? null, limit + 1);
    const items = found.slice(0, limit);
    return {
      items: items.map(({ part, posted, held, version }) => ({
        part,
        posted,
        held,
        available: posted - held,
        version,
      })),
      nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null,
    };
  }

  @Rpc(wallet.listEntries)
  async listEntries(
    request: RequestOf<typeof wallet.listEntries>,
  ): Promise<ResponseOf<typeof wallet.listEntries>> {
    const found = await this.service.list(request);
    const items = found.slice(0, request.limit).map((entry) => ({ ...entry, account: request.account }));
    const last = items.at(-1);
    return { items, nextCursor: found.length > items.length && last ? String(last.seq) : null };
  }

  @Rpc(wallet.summarizeStatement)
  summarizeStatement(
    request: RequestOf<typeof wallet.summarizeStatement>,
  ): Promise<ResponseOf<typeof wallet.summarizeStatement>> {
    return this.service.summarize(request);
  }

  @Rpc(wallet.getBalanceAt)
  getBalanceAt(
    request: RequestOf<typeof wallet.getBalanceAt>,
  ): Promise<ResponseOf<typeof wallet.getBalanceAt>> {
    return this.service.balanceAt(request);
  }

  @Rpc(wallet.getTransfer)
  async getTransfer({
    transferId,
    ownerId,
  }: RequestOf<typeof wallet.getTransfer>): Promise<ResponseOf<typeof wallet.getTransfer>> {
    const transfer = await this.transfers.find(transferId);
    const entries = transfer?.entries.filter(
      (entry) =>
        ownerId === null ||
        (entry.ownerId === ownerId && wallet.walletAccountKind.safeParse(entry.account).success),
    );
    if (!transfer || !entries?.length) {
      if (transfer)
        this.log.warn(
          { askedBy: currentContext()?.principal?.accountId ?? ownerId, transferId },
          'somebody asked for a transfer that is not theirs',
        );
      throw new DomainError('NOT_FOUND', `There is no transfer ${transferId} here`);
    }
    return { ...transfer, entries, cause: wallet.causeOf(transfer.kind, transfer.reference) };
  }

  @Rpc(wallet.ping)
  ping(): Promise<ResponseOf<typeof wallet.ping>> {
    return Promise.resolve({});
  }
}
