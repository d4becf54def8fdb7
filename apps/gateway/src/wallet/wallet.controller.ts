import { type identity, type ResponseOf, wallet } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { StatementDownload } from './statement-download.js';
import { TransferCauses } from './transfer-causes.js';
import { mainAccountOf, walletViewOf } from './wallet-view.js';
import * as endpoints from './wallet.endpoints.js';

@ApiTags('Wallet')
@Controller('v1/wallet')
export class WalletController {
  constructor(
    private readonly services: RpcClient,
    private readonly causes: TransferCauses,
    private readonly download: StatementDownload,
  ) {}

  @Get()
  @Endpoint(endpoints.getWallet)
  async getWallet({ principal }: InputOf<typeof endpoints.getWallet>): Promise<endpoints.WalletView> {
    return walletViewOf(
      await this.services.call(wallet.getWallet, { ownerId: principal.accountId }),
      principal,
    );
  }

  @Get('parts')
  @Endpoint(endpoints.listParts)
  async listParts({
    query,
    principal,
  }: InputOf<typeof endpoints.listParts>): Promise<OutputOf<typeof endpoints.listParts>> {
    const page = await this.services.call(wallet.listParts, { ...query, ownerId: principal.accountId });
    return {
      ...page,
      items: page.items.map(({ part, posted, held, available, version }) => ({
        part,
        balance: posted,
        held,
        available,
        lastSeq: version,
      })),
    };
  }

  @Get('balance')
  @Endpoint(endpoints.getBalanceAt)
  async getBalanceAt({
    query,
    principal,
  }: InputOf<typeof endpoints.getBalanceAt>): Promise<OutputOf<typeof endpoints.getBalanceAt>> {
    return this.services.call(wallet.getBalanceAt, accountAsked(query, principal));
  }

  @Get('entries')
  @Endpoint(endpoints.listWalletEntries)
  async listWalletEntries({
    query,
    principal,
  }: InputOf<typeof endpoints.listWalletEntries>): Promise<OutputOf<typeof endpoints.listWalletEntries>> {
    const page = await this.services.call(wallet.listEntries, accountAsked(query, principal));
    const causes = await this.causes.complete(
      page.items.map(({ kind, reference }) => wallet.causeOf(kind, reference)),
    );
    return {
      ...page,
      items: page.items.map((entry, index) => ({
        ...entry,
        cause: causes[index] ?? wallet.causeOf(entry.kind, entry.reference),
      })),
    };
  }

  @Get('statement')
  @Endpoint(endpoints.summarizeStatement)
  async summarizeStatement({
    query,
    principal,
  }: InputOf<typeof endpoints.summarizeStatement>): Promise<OutputOf<typeof endpoints.summarizeStatement>> {
    const request = accountAsked(query, principal);
    const totals = await this.services.call(wallet.summarizeStatement, request);
    return { ...totals, account: request.account };
  }

  @Get('statement.csv')
  @Endpoint(endpoints.downloadStatement)
  async downloadStatement(
    { query, principal }: InputOf<typeof endpoints.downloadStatement>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const request = accountAsked(query, principal);
    const lines = await this.download.start(request);
    const name = [request.account, request.part, request.from?.toISOString().slice(0, 10)]
      .filter((word) => word !== undefined)
      .join('-');
    reply.header('content-disposition', `attachment; filename="statement-${name}.csv"`);
    return new StreamableFile(lines, { type: 'text/csv; charset=utf-8' });
  }

  @Get('transfers/:id')
  @Endpoint(endpoints.getTransfer)
  async getTransfer({
    params,
    principal,
  }: InputOf<typeof endpoints.getTransfer>): Promise<OutputOf<typeof endpoints.getTransfer>> {
    const request = { transferId: params.id, ownerId: principal.accountId };
    return this.withCause(await this.services.call(wallet.getTransfer, request));
  }

  private async withCause(
    transfer: ResponseOf<typeof wallet.getTransfer>,
  ): Promise<ResponseOf<typeof wallet.getTransfer>> {
    const [cause = transfer.cause] = await this.causes.complete([transfer.cause]);
    return { ...transfer, cause };
  }
}

/** The owner is always who asks. */
function accountAsked<Query extends { readonly account?: wallet.WalletAccountKind | undefined }>(
  query: Query,
  principal: identity.Principal,
): Query & { account: wallet.WalletAccountKind; ownerId: string } {
  return { ...query, account: query.account ?? mainAccountOf(principal), ownerId: principal.accountId };
}
