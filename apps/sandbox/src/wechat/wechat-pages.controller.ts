import { Controller, Get, Req, Res } from '@nestjs/common';
import { languageOf } from '../cashier/language.js';
import { refusalPage } from '../cashier/refusal-page.js';
import { sendPage } from '../cashier/send-page.js';
import type { HttpReply } from '../http/http-reply.js';
import { PublicAddress } from '../http/public-address.js';
import { CHECK_MWEB_PATH, WechatChannel } from './wechat-channel.js';

interface PageRequest {
  readonly url: string;
  readonly headers: { readonly 'accept-language'?: string };
}

/** What a buyer's browser opens of WeChat Pay. */
@Controller()
export class WechatPagesController {
  constructor(
    private readonly channel: WechatChannel,
    private readonly address: PublicAddress,
  ) {}

  /** The page between the merchant's and the cashier, to which `h5_url` leads. */
  @Get(CHECK_MWEB_PATH)
  async open(@Req() request: PageRequest, @Res() reply: HttpReply): Promise<void> {
    const opened = await this.channel.openPayUrl(new URL(request.url, this.address.url));
    if (opened !== undefined && 'cashierToken' in opened) {
      reply.redirect(`/cashier/${opened.cashierToken}`, 302);
      return;
    }
    const refusal = opened ?? this.channel.expired;
    sendPage(reply, 200, refusalPage(languageOf(request.headers['accept-language']), refusal));
  }
}
