import { Controller } from '@nestjs/common';
import { type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { OffersService } from './offers.service.js';

@Controller()
export class OffersController {
  constructor(private readonly offers: OffersService) {}

  @Rpc(payment.createOffer)
  create(request: RequestOf<typeof payment.createOffer>): Promise<payment.Offer> {
    return this.offers.create(request);
  }

  @Rpc(payment.updateOffer)
  update(request: RequestOf<typeof payment.updateOffer>): Promise<payment.Offer> {
    return this.offers.update(request);
  }

  @Rpc(payment.listOffers)
  async list(): Promise<ResponseOf<typeof payment.listOffers>> {
    return { items: await this.offers.list() };
  }

  @Rpc(payment.quoteOffers)
  quote(request: RequestOf<typeof payment.quoteOffers>): Promise<ResponseOf<typeof payment.quoteOffers>> {
    return this.offers.quote(request);
  }
}
