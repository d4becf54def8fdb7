import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, wallet } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { AccountRepository } from '../ledger/account.repository.js';
import { StatementRepository } from './statement.repository.js';

/** What an owner sees of the ledger. Whose wallet it is was decided by the caller's session, at the gateway. */
@Controller()
export class StatementController {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly statement: StatementRepository,
  ) {}

  @Rpc(wallet.getWallet)
  async getWallet({
    ownerId,
  }: RequestOf<typeof wallet.getWallet>): Promise<ResponseOf<typeof wallet.getWallet>> {
    const accounts = await this.accounts.findByOwner(ownerId);
    return {
      ownerId,
      accounts: accounts.flatMap((account) => {
        const kind = wallet.walletAccountKind.safeParse(account.kind);
        if (!kind.success) return [];
        const { posted, held, version } = account;
        return [{ kind: kind.data, posted, held, available: posted - held, version }];
      }),
    };
  }

  @Rpc(wallet.listEntries)
  async listEntries(
    request: RequestOf<typeof wallet.listEntries>,
  ): Promise<ResponseOf<typeof wallet.listEntries>> {
    const accounts = await this.accounts.findByOwner(request.ownerId);
    const account = accounts.find(({ kind }) => kind === request.account);
    if (!account) return { items: [], nextCursor: null };
    const found = await this.statement.entries(
      {
        accountId: account.id,
        beforeSeq: request.cursor === undefined ? null : Number(request.cursor),
        afterSeq: request.afterSeq ?? 0,
        limit: request.limit + 1,
      },
      request.account,
    );
    const items = found.slice(0, request.limit);
    const last = items.at(-1);
    return { items, nextCursor: found.length > items.length && last ? String(last.seq) : null };
  }

  @Rpc(wallet.ping)
  ping(): Promise<ResponseOf<typeof wallet.ping>> {
    return Promise.resolve({});
  }
}
