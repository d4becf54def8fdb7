import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Channels } from '../channel/channels.js';
import { Faults } from '../faults/faults.js';
import { Journal } from '../journal/journal.js';
import { TransferBook, type TransferVerdict } from '../transfer/transfer-book.js';
import type { Transfer } from '../transfer/transfer.js';
import { Problem } from './problem.js';
import * as schemas from './schemas.js';
import { transferView } from './transfer-view.js';

/** Tests look at what was paid out, and play the channel and the payee. */
@Controller('control/transfers')
export class TransfersController {
  constructor(
    private readonly book: TransferBook,
    private readonly channels: Channels,
    private readonly faults: Faults,
    private readonly journal: Journal,
  ) {}

  @Get()
  list(@Query({ schema: schemas.transfersSchema }) query: schemas.TransfersQuery) {
    const { status, channel, account, cursor } = query;
    const transfers = this.book.list({
      limit: query.limit + 1,
      ...(status === undefined ? {} : { state: status }),
      ...(channel === undefined ? {} : { channel }),
      ...(account === undefined ? {} : { account }),
      ...(cursor === undefined ? {} : { before: cursor }),
    });
    const page = transfers.slice(0, query.limit);
    return {
      items: page.map((transfer) => this.view(transfer)),
      nextCursor: transfers.length > query.limit ? String(page.at(-1)?.sequence) : null,
    };
  }

  @Get(':outTransferNo')
  show(@Param('outTransferNo') outTransferNo: string) {
    return this.view(this.find(outTransferNo));
  }

  /** Ends what is in process, unknown or waited for. */
  @Post(':outTransferNo/settle')
  @HttpCode(200)
  async settle(
    @Param('outTransferNo') outTransferNo: string,
    @Body({ schema: schemas.settleTransferSchema }) body: schemas.SettleTransferBody,
  ) {
    const transfer = this.find(outTransferNo);
    if (!this.book.settle(transfer, this.verdictOf(transfer, body))) {
      throw new Problem(
        'TRANSFER_ENDED',
        `The transfer ${outTransferNo} has ended already: ${transfer.state}`,
      );
    }
    return this.kept(transfer);
  }

  /** The money comes back after it had arrived. */
  @Post(':outTransferNo/return')
  @HttpCode(200)
  async giveBack(
    @Param('outTransferNo') outTransferNo: string,
    @Body({ schema: schemas.returnTransferSchema }) body: schemas.ReturnTransferBody,
  ) {
    const transfer = this.find(outTransferNo);
    const { returned } = this.channels.of(transfer.channel).transferFailures;
    const failure = body.failure ?? returned;
    if (returned === undefined || failure === undefined) {
      throw new Problem('TRANSFER_NOT_THERE', `What has arrived at ${transfer.channel} never comes back`);
    }
    if (!this.book.giveBack(transfer, failure, body.returnedAt)) {
      throw new Problem(
        'TRANSFER_NOT_THERE',
        `The transfer ${outTransferNo} can't come back: it is ${transfer.state}`,
      );
    }
    return this.kept(transfer);
  }

  /** What the payee does on the page of `confirmPath`. */
  @Post(':outTransferNo/confirm')
  @HttpCode(200)
  async confirm(@Param('outTransferNo') outTransferNo: string) {
    const transfer = this.find(outTransferNo);
    if (!this.book.confirm(transfer)) {
      throw new Problem(
        'TRANSFER_NOT_CONFIRMABLE',
        `The transfer ${outTransferNo} waits for no payee: it is ${transfer.state}`,
      );
    }
    return this.kept(transfer);
  }

  private verdictOf(
    transfer: Transfer,
    { state, failure, paidAt }: schemas.SettleTransferBody,
  ): TransferVerdict | undefined {
    if (state === 'FAILED') {
      return { state, failure: failure ?? this.channels.of(transfer.channel).transferFailures.failed };
    }
    return state && { state, ...(paidAt === undefined ? {} : { paidAt }) };
  }

  private async kept(transfer: Transfer) {
    await this.journal.flush();
    return this.view(transfer);
  }

  private view(transfer: Transfer) {
    return transferView(transfer, this.faults.orderedFor(transfer.outTransferNo));
  }

  private find(outTransferNo: string): Transfer {
    const found = this.book.findByNumber(outTransferNo);
    if (found !== undefined) return found;
    throw new Problem('TRANSFER_NOT_FOUND', `No channel here knows the transfer ${outTransferNo}`);
  }
}
