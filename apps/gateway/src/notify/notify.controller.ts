import { payment, type ResponseOf } from '#libs/contracts';
import { Log } from '#libs/service';
import { RpcClient } from '#libs/transport';
import { Controller, Headers, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf } from '../endpoint/endpoint.js';
import { notifyAlipay, notifyWechat } from './notify.endpoints.js';

type ChannelAnswer = ResponseOf<typeof payment.receiveNotify>;
type RawHeaders = Record<string, string | string[] | undefined>;

/** What makes each channel send its notice again. */
const SEND_AGAIN: Readonly<Record<payment.ChannelName, ChannelAnswer>> = {
  alipay: { status: 503, contentType: 'text/plain', body: 'fail' },
  wechat: {
    status: 503,
    contentType: 'application/json',
    body: JSON.stringify({ code: 'FAIL', message: 'Send it again' }),
  },
};

@ApiTags('Channels')
@Controller('v1/notify')
export class NotifyController {
  constructor(
    private readonly services: RpcClient,
    private readonly log: Log,
  ) {}

  @Post('alipay')
  @Endpoint(notifyAlipay)
  async notifyAlipay(
    { body }: InputOf<typeof notifyAlipay>,
    @Headers() headers: RawHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.forward('alipay', body, headers);
    reply.status(answer.status).type(answer.contentType);
    return answer.body;
  }

  @Post('wechat')
  @Endpoint(notifyWechat)
  async notifyWechat(
    { body }: InputOf<typeof notifyWechat>,
    @Headers() headers: RawHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.forward('wechat', body, headers);
    reply.status(answer.status).type(answer.contentType);
    return answer.body;
  }

  private async forward(
    channel: payment.ChannelName,
    body: Buffer,
    headers: RawHeaders,
  ): Promise<ChannelAnswer> {
    try {
      return await this.services.call(payment.receiveNotify, {
        channel,
        headers: flatten(headers),
        bodyBase64: body.toString('base64'),
      });
    } catch (error) {
      // A channel understands no problem document; and whatever failed here, its notice must come again.
      this.log.warn(
        { channel, err: error },
        'A notice could not be handed to payment: the channel will repeat it',
      );
      return SEND_AGAIN[channel];
    }
  }
}

function flatten(headers: RawHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
