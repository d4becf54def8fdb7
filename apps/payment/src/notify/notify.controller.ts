import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { NotifyService } from './notify.service.js';

@Controller()
export class NotifyController {
  constructor(private readonly notifies: NotifyService) {}

  @Rpc(payment.receiveNotify)
  receiveNotify({
    channel,
    headers,
    bodyBase64,
  }: RequestOf<typeof payment.receiveNotify>): Promise<ResponseOf<typeof payment.receiveNotify>> {
    return this.notifies.receive(channel, { headers, body: Buffer.from(bodyBase64, 'base64') });
  }
}
