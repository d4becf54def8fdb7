import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { languageOf } from '../cashier/language.js';
import { confirmPage, endedPage, notYoursPage, takenPage } from '../cashier/payee-pages.js';
import { sendPage } from '../cashier/send-page.js';
import { queryOf } from '../http/form.js';
import type { HttpReply } from '../http/http-reply.js';
import { Journal } from '../journal/journal.js';
import { TransferBook } from '../transfer/transfer-book.js';
import type { Transfer } from '../transfer/transfer.js';

interface PageRequest {
  readonly url: string;
  readonly headers: { readonly 'accept-language'?: string };
}

const PATH = 'mch-transfer/confirm';

/**
 * What the payee sees in WeChat when the merchant's app has called `requestMerchantTransfer` with `mchId`, `appId` and
 * `package`: here the three stand in a link, so that any browser can play the telephone.
 */
@Controller(PATH)
export class PayeePagesController {
  constructor(
    private readonly book: TransferBook,
    private readonly journal: Journal,
  ) {}

  @Get()
  show(@Req() request: PageRequest, @Res() reply: HttpReply): void {
    const language = languageOf(request.headers['accept-language']);
    const transfer = this.find(request);
    if (transfer === undefined || transfer.state === 'PROCESSING')
      return sendPage(reply, 404, notYoursPage(language));
    switch (transfer.state) {
      case 'AWAITS_PAYEE':
        return sendPage(reply, 200, confirmPage(language, transfer, request.url));
      case 'TRANSFERRING':
      case 'SUCCEEDED':
        return sendPage(reply, 200, takenPage(language, transfer, request.url));
      default:
        return sendPage(reply, 200, endedPage(language, transfer));
    }
  }

  /** However it ends, the page tells: taken now, taken before, or taken back in the meantime. */
  @Post()
  async confirm(@Req() request: PageRequest, @Res() reply: HttpReply): Promise<void> {
    const transfer = this.find(request);
    if (transfer !== undefined) {
      this.book.confirm(transfer);
      await this.journal.flush();
    }
    reply.redirect(request.url, 303);
  }

  /** The package is enough; a merchant or an application that is named with it has to be the transfer's own. */
  private find(request: PageRequest): Transfer | undefined {
    const query = queryOf(request.url);
    const transfer = this.book.findByConfirmation(query.get('package') ?? '');
    if (transfer === undefined) return undefined;
    const mchId = query.get('mchId') ?? transfer.account;
    const appId = query.get('appId') ?? transfer.appid;
    const isTheirs = mchId === transfer.account && appId === transfer.appid;
    return isTheirs ? transfer : undefined;
  }
}
