import { Controller, UseInterceptors } from '@nestjs/common';
import { type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { DoubleSubmitInterceptor } from './double-submit.interceptor.js';
import { RechargeCloser } from './recharge-closer.js';
import { RechargeReader } from './recharge-reader.js';
import { RechargesService } from './recharges.service.js';

/** What merchants may do with recharges. Whose they are is in the request; the gateway takes it from the session. */
@Controller()
export class RechargesController {
  constructor(
    private readonly recharges: RechargesService,
    private readonly reader: RechargeReader,
    private readonly closer: RechargeCloser,
  ) {}

  @Rpc(payment.createRecharge)
  @UseInterceptors(DoubleSubmitInterceptor)
  create(request: RequestOf<typeof payment.createRecharge>): Promise<payment.Recharge> {
    return this.recharges.create(request);
  }

  @Rpc(payment.openAttempt)
  openAttempt(request: RequestOf<typeof payment.openAttempt>): Promise<payment.Recharge> {
    return this.recharges.openAttempt(request);
  }

  @Rpc(payment.getRecharge)
  get({ merchantId, id }: RequestOf<typeof payment.getRecharge>): Promise<payment.Recharge> {
    return this.reader.get(merchantId, id);
  }

  @Rpc(payment.listRecharges)
  list(request: RequestOf<typeof payment.listRecharges>): Promise<ResponseOf<typeof payment.listRecharges>> {
    return this.reader.list(request);
  }

  @Rpc(payment.closeRecharge)
  close({ merchantId, id }: RequestOf<typeof payment.closeRecharge>): Promise<payment.Recharge> {
    return this.closer.close(merchantId, id);
  }

  @Rpc(payment.ping)
  ping(): Promise<ResponseOf<typeof payment.ping>> {
    return Promise.resolve({});
  }
}
