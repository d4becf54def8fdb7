import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { Channels } from '../channel/channels.js';
import { Journal } from '../journal/journal.js';
import { formatYuan } from '../trade/fen.js';
import type { ChannelName } from '../trade/trade.js';
import { MerchantAccounts } from '../transfer/merchant-accounts.js';
import { Problem } from './problem.js';
import * as schemas from './schemas.js';

/** The merchants' money at the channels, which transfers are paid from: plenty, unless told. */
@Controller('control/merchant-accounts')
export class MerchantAccountsController {
  constructor(
    private readonly accounts: MerchantAccounts,
    private readonly channels: Channels,
    private readonly journal: Journal,
  ) {}

  @Get()
  list() {
    const items = this.channels
      .all()
      .flatMap((channel) => channel.accounts().map((account) => this.view(channel.name, account)));
    return { items };
  }

  /** @param account the application's id at Alipay, the merchant's number at WeChat Pay */
  @Put(':account')
  async set(
    @Param('account') account: string,
    @Body({ schema: schemas.merchantAccountSchema }) body: schemas.MerchantAccountBody,
  ) {
    const channel = this.channels.all().find((known) => known.accounts().includes(account))?.name;
    if (channel === undefined) {
      throw new Problem('ACCOUNT_NOT_FOUND', `No channel here knows the application or merchant ${account}`);
    }
    if (body.balance !== undefined) this.accounts.setBalance(channel, account, body.balance);
    if (body.limit !== undefined) this.accounts.setLimit(channel, account, body.limit ?? undefined);
    await this.journal.flush();
    return this.view(channel, account);
  }

  private view(channel: ChannelName, account: string) {
    const limitFen = this.accounts.limitFen(channel, account);
    return {
      channel,
      account,
      balance: formatYuan(this.accounts.balanceFen(channel, account)),
      limit: limitFen === undefined ? null : formatYuan(limitFen),
    };
  }
}
