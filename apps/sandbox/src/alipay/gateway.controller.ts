import { Controller, Get, Post, Req, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { refusalPage } from '../cashier/refusal-page.js';
import { sendPage } from '../cashier/send-page.js';
import { languageOf } from '../cashier/language.js';
import { queryOf } from '../http/form.js';
import type { HttpReply } from '../http/http-reply.js';
import { refusalOf } from './alipay-channel.js';
import { AlipayGateway } from './gateway.service.js';

/** A caller that hangs on a lost answer is let go after this, if it has not gone by itself. */
const NO_ANSWER_MS = 120_000;

interface GatewayHttpRequest {
  readonly url: string;
  /** The form, when there is one: see the body parser of the app. */
  readonly body?: unknown;
  readonly headers: { readonly 'accept-language'?: string };
}

@Controller('gateway.do')
export class AlipayGatewayController implements BeforeApplicationShutdown {
  private readonly hanging = new Set<HttpReply>();

  constructor(private readonly gateway: AlipayGateway) {}

  @Get()
  async get(@Req() request: GatewayHttpRequest, @Res() reply: HttpReply): Promise<void> {
    await this.answer(request, queryOf(request.url), reply);
  }

  /** Public parameters may stand in the URL, as the official SDK puts them, or in the form. */
  @Post()
  async post(@Req() request: GatewayHttpRequest, @Res() reply: HttpReply): Promise<void> {
    const form =
      request.body instanceof Map ? (request.body as Map<string, string>) : new Map<string, string>();
    await this.answer(request, new Map([...queryOf(request.url), ...form]), reply);
  }

  beforeApplicationShutdown(): void {
    for (const reply of this.hanging) reply.raw.destroy();
  }

  private async answer(
    request: GatewayHttpRequest,
    parameters: Map<string, string>,
    reply: HttpReply,
  ): Promise<void> {
    const answer = await this.gateway.handle(parameters);
    switch (answer.type) {
      case 'reply':
        // Alipay says text/html of its JSON, too.
        reply.status(200).header('content-type', 'text/html;charset=utf-8').send(answer.text);
        return;
      case 'cashier':
        reply.redirect(`/cashier/${answer.trade.cashierToken}`, 302);
        return;
      case 'refusal-page':
        sendPage(
          reply,
          200,
          refusalPage(languageOf(request.headers['accept-language']), refusalOf(answer.failure)),
        );
        return;
      case 'server-error':
        reply.status(502).header('content-type', 'text/html;charset=utf-8').send('<h1>502 Bad Gateway</h1>');
        return;
      case 'no-answer':
        this.leaveHanging(reply);
    }
  }

  private leaveHanging(reply: HttpReply): void {
    reply.hijack();
    this.hanging.add(reply);
    const timer = setTimeout(() => reply.raw.destroy(), NO_ANSWER_MS);
    reply.raw.once('close', () => {
      clearTimeout(timer);
      this.hanging.delete(reply);
    });
  }
}
