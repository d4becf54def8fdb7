import { OfferRepository } from './offer.repository.js';
import { OffersController } from './offers.controller.js';
import { OffersService } from './offers.service.js';

/** What the module of payment is made of, as far as recharge offers go. */
export const OFFER_CONTROLLERS = [OffersController];
export const OFFER_PROVIDERS = [OfferRepository, OffersService];
