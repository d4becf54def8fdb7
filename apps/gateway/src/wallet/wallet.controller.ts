import { wallet } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { walletViewOf } from './wallet-view.js';
import { getWallet, listWalletEntries, type WalletView } from './wallet.endpoints.js';

@ApiTags('Wallet')
@Controller('v1/wallet')
export class WalletController {
  constructor(private readonly services: RpcClient) {}

  @Get()
  @Endpoint(getWallet)
  async getWallet({ principal }: InputOf<typeof getWallet>): Promise<WalletView> {
    return walletViewOf(
      await this.services.call(wallet.getWallet, { ownerId: principal.accountId }),
      principal,
    );
  }

  @Get('entries')
  @Endpoint(listWalletEntries)
  async listWalletEntries({
    query,
    principal,
  }: InputOf<typeof listWalletEntries>): Promise<OutputOf<typeof listWalletEntries>> {
    return this.services.call(wallet.listEntries, { ...query, ownerId: principal.accountId });
  }
}
