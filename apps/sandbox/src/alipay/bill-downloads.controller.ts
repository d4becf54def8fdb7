import { Controller, Get, Query, Res } from '@nestjs/common';
import type { HttpReply } from '../http/http-reply.js';
import { AlipayBillDownloads } from './bill-downloads.js';

/** What a bill's URL leads to: whoever has the URL has the file, without a signature. */
@Controller('alipay-bill')
export class AlipayBillDownloadsController {
  constructor(private readonly downloads: AlipayBillDownloads) {}

  @Get('download.resource')
  async download(@Query('token') token: string | undefined, @Res() reply: HttpReply): Promise<void> {
    const file = await this.downloads.fileOf(token ?? '');
    if (file === undefined) {
      reply.status(403).header('content-type', 'text/plain').send('The URL is not valid any more');
      return;
    }
    reply.status(200).header('content-type', 'application/zip').send(file);
  }
}
