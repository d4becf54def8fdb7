import { Body, Controller, Get, Headers, Param, Post, Res } from '@nestjs/common';
import { Buyer, type Purchase } from '../buyer/buyer.js';
import { Channels } from '../channel/channels.js';
import type { HttpReply } from '../http/http-reply.js';
import { Journal } from '../journal/journal.js';
import { NOTIFY_MODES } from '../notify/notify-plan.js';
import { formatBeijing } from '../trade/beijing-time.js';
import { MAX_FEN, parseYuan } from '../trade/fen.js';
import { QrCodes } from '../trade/qr-codes.js';
import { TradeBook } from '../trade/trade-book.js';
import { isPaid, type Trade } from '../trade/trade.js';
import { closedPage, paidPage, payPage, type TroubleForm } from './cashier-pages.js';
import { languageOf, type Language } from './language.js';
import { notFoundPage, refusalPage } from './refusal-page.js';
import { sendPage, type Page } from './send-page.js';
import { textsOf } from './texts.js';

const MAX_DELAY_SECONDS = 86_400;

/** The pages on which a person pays. */
@Controller()
export class CashierController {
  constructor(
    private readonly book: TradeBook,
    private readonly qrCodes: QrCodes,
    private readonly buyer: Buyer,
    private readonly channels: Channels,
    private readonly journal: Journal,
  ) {}

  @Get('cashier/:token')
  async show(
    @Param('token') token: string,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @Res() reply: HttpReply,
  ): Promise<void> {
    const language = languageOf(acceptLanguage);
    const trade = this.book.findByCashierToken(token);
    if (trade === undefined) sendPage(reply, 404, notFoundPage(language));
    else sendPage(reply, 200, await this.pageOf(trade, language));
  }

  @Post('cashier/:token/pay')
  async pay(
    @Param('token') token: string,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @Body() body: unknown,
    @Res() reply: HttpReply,
  ): Promise<void> {
    const language = languageOf(acceptLanguage);
    const trade = this.book.findByCashierToken(token);
    if (trade === undefined) return sendPage(reply, 404, notFoundPage(language));
    const form = readForm(body);
    const purchase = readPurchase(form, language);
    if (typeof purchase === 'string') {
      return sendPage(reply, 400, payPage(language, trade, Date.now(), { why: purchase, form }));
    }
    // However it ended, the page tells: paid now, paid before, or closed in the meantime.
    this.buyer.pay(trade, purchase);
    await this.journal.flush();
    reply.redirect(`/cashier/${token}`, 303);
  }

  /** What a telephone does with the code that `precreate` gave. */
  @Get('qr/:code')
  async scan(
    @Param('code') code: string,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @Res() reply: HttpReply,
  ): Promise<void> {
    const language = languageOf(acceptLanguage);
    const qrCode = this.qrCodes.findByCode(code);
    if (qrCode === undefined) return this.scanAtChannels(code, language, reply);
    const opened = this.qrCodes.scan(qrCode);
    if (opened.outcome === 'expired') {
      return sendPage(reply, 200, refusalPage(language, this.channels.of(qrCode.terms.channel).expired));
    }
    await this.journal.flush();
    reply.redirect(`/cashier/${opened.trade.cashierToken}`, 302);
  }

  /** A code that stands for a trade already, as WeChat Pay's do. */
  private scanAtChannels(code: string, language: Language, reply: HttpReply): void {
    const answers = this.channels.all().map((channel) => channel.scan?.(code));
    const found = answers.find((answer) => answer !== undefined);
    if (found === undefined) sendPage(reply, 404, notFoundPage(language));
    else if ('reason' in found) sendPage(reply, 200, refusalPage(language, found));
    else reply.redirect(`/cashier/${found.cashierToken}`, 302);
  }

  private async pageOf(trade: Trade, language: Language): Promise<Page> {
    if (isPaid(trade)) {
      const paidAt = formatBeijing(trade.paidAt ?? trade.createdAt);
      return paidPage(language, trade, paidAt, await this.channels.of(trade.channel).returnUrlOf(trade));
    }
    return trade.state === 'CLOSED' ? closedPage(language, trade) : payPage(language, trade, Date.now());
  }
}

function readForm(body: unknown): TroubleForm {
  const fields = body instanceof Map ? (body as Map<string, string>) : new Map<string, string>();
  return {
    notify: fields.get('notify') ?? 'normal',
    amount: fields.get('amount')?.trim() ?? '',
    delaySeconds: fields.get('delaySeconds')?.trim() ?? '',
  };
}

/** @returns a sentence for the buyer when something in it can't be. */
function readPurchase(form: TroubleForm, language: Language): Purchase | string {
  const texts = textsOf(language);
  const notify = NOTIFY_MODES.find((mode) => mode === form.notify);
  if (notify === undefined) return texts.notifyInvalid;
  const amountFen = form.amount === '' ? undefined : parseYuan(form.amount);
  if (form.amount !== '' && (amountFen === undefined || amountFen < 1n || amountFen > MAX_FEN)) {
    return texts.amountInvalid;
  }
  const isDelay = /^\d{0,5}$/.test(form.delaySeconds) && Number(form.delaySeconds) <= MAX_DELAY_SECONDS;
  if (!isDelay) return texts.delayInvalid;
  return {
    notify,
    ...(amountFen === undefined ? {} : { amountFen }),
    ...(form.delaySeconds === '' ? {} : { delayMs: Number(form.delaySeconds) * 1000 }),
  };
}
