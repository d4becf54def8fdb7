import { Controller, Get, Param, Post, Req, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import type { HttpReply } from '../http/http-reply.js';
import { BillOperations } from './operations/bill-operations.js';
import { certificatesOperation } from './operations/certificate-operation.js';
import type { Operation } from './operations/operation.js';
import { OrderOperations } from './operations/order-operations.js';
import { RefundOperations } from './operations/refund-operations.js';
import { TransferOperations } from './operations/transfer-operations.js';
import { WechatApi } from './wechat-api.service.js';
import { WechatKeys } from './wechat-keys.js';

/** A caller that hangs on a lost answer is let go after this, if it has not gone by itself. */
const NO_ANSWER_MS = 120_000;

/** The part of Fastify's request that is used here. */
export interface WechatHttpRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes of the body: what the signature covers. */
  readonly rawBody?: Buffer;
}

/** APIv3 on the wire. */
@Controller('v3')
export class WechatApiController implements BeforeApplicationShutdown {
  private readonly hanging = new Set<HttpReply>();

  constructor(
    private readonly api: WechatApi,
    private readonly orders: OrderOperations,
    private readonly refunds: RefundOperations,
    private readonly transfers: TransferOperations,
    private readonly bills: BillOperations,
    private readonly keys: WechatKeys,
  ) {}

  @Post('pay/transactions/native')
  native(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, this.orders.prepay('native'));
  }

  @Post('pay/transactions/h5')
  h5(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, this.orders.prepay('h5'));
  }

  @Post('pay/transactions/jsapi')
  jsapi(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, this.orders.prepay('jsapi'));
  }

  @Post('pay/transactions/app')
  app(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, this.orders.prepay('app'));
  }

  @Get('pay/transactions/out-trade-no/:outTradeNo')
  queryByOutTradeNo(
    @Param('outTradeNo') outTradeNo: string,
    @Req() request: WechatHttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    return this.answer(request, reply, this.orders.queryByOutTradeNo(outTradeNo));
  }

  @Get('pay/transactions/id/:transactionId')
  queryById(
    @Param('transactionId') transactionId: string,
    @Req() request: WechatHttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    return this.answer(request, reply, this.orders.queryById(transactionId));
  }

  @Post('pay/transactions/out-trade-no/:outTradeNo/close')
  close(
    @Param('outTradeNo') outTradeNo: string,
    @Req() request: WechatHttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    return this.answer(request, reply, this.orders.close(outTradeNo));
  }

  @Post('refund/domestic/refunds')
  refund(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, this.refunds.refund());
  }

  @Get('refund/domestic/refunds/:outRefundNo')
  queryRefund(
    @Param('outRefundNo') outRefundNo: string,
    @Req() request: WechatHttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    return this.answer(request, reply, this.refunds.query(outRefundNo));
  }

  @Post('fund-app/mch-transfer/transfer-bills')
  transfer(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, this.transfers.transfer());
  }

  @Get('fund-app/mch-transfer/transfer-bills/out-bill-no/:outBillNo')
  queryTransfer(
    @Param('outBillNo') outBillNo: string,
    @Req() request: WechatHttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    return this.answer(request, reply, this.transfers.query(outBillNo));
  }

  @Post('fund-app/mch-transfer/transfer-bills/out-bill-no/:outBillNo/cancel')
  cancelTransfer(
    @Param('outBillNo') outBillNo: string,
    @Req() request: WechatHttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    return this.answer(request, reply, this.transfers.cancel(outBillNo));
  }

  @Get('bill/tradebill')
  tradeBill(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, this.bills.tradeBill());
  }

  @Get('billdownload/file')
  downloadBill(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, this.bills.download());
  }

  @Get('certificates')
  certificates(@Req() request: WechatHttpRequest, @Res() reply: HttpReply): Promise<void> {
    return this.answer(request, reply, certificatesOperation(this.keys));
  }

  beforeApplicationShutdown(): void {
    for (const reply of this.hanging) reply.raw.destroy();
  }

  private async answer(request: WechatHttpRequest, reply: HttpReply, operation: Operation): Promise<void> {
    const header = (name: string): string | undefined => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    const answer = await this.api.handle(
      {
        method: request.method,
        url: request.url,
        authorization: header('authorization'),
        body: request.rawBody?.toString('utf8') ?? '',
        accept: header('accept'),
        userAgent: header('user-agent'),
        contentType: header('content-type'),
        platformSerial: header('wechatpay-serial'),
      },
      operation,
    );
    switch (answer.type) {
      case 'reply': {
        reply.status(answer.status);
        for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
        reply.send(answer.body === '' ? undefined : answer.body);
        return;
      }
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
