import { Injectable } from '@nestjs/common';
import { DomainError, type FieldError, type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { OrderIds } from '#libs/orders';
import { Log } from '#libs/service';
import { OrderShards } from '../orders/order-shards.js';
import { type OfferTaker, problemsOfWindow, whyNotAvailable } from './offer-conditions.js';
import { bonusOf, problemsOfRule } from './offer-rules.js';
import { type OfferUse, countUses, hasRecharged, notAvailable, usesOf } from './offer-uses.js';
import { OfferRepository } from './offer.repository.js';

/** An offer that an order wants to take: what is fixed in it, and what it must get hold of when it is stored. */
export interface OfferChoice {
  readonly offer: payment.ChosenOffer;
  readonly uses: readonly OfferUse[];
}

/** What operators offer, what merchants could take of it, and what one of them takes. */
@Injectable()
export class OffersService {
  constructor(
    private readonly offers: OfferRepository,
    private readonly shards: OrderShards,
    private readonly ids: OrderIds,
    private readonly log: Log,
  ) {}

  async create({ operatorId, ...terms }: RequestOf<typeof payment.createOffer>): Promise<payment.Offer> {
    refuseIf([...problemsOfRule(terms.rule), ...problemsOfWindow(terms)]);
    const offer: payment.Offer = {
      ...terms,
      id: this.ids.ofPlatform(),
      enabled: true,
      createdBy: operatorId,
      createdAt: new Date(),
    };
    await this.offers.insert(offer);
    this.log.info({ offerId: offer.id, operatorId }, 'an offer was made');
    return offer;
  }

  async update(request: RequestOf<typeof payment.updateOffer>): Promise<payment.Offer> {
    const { id, operatorId, enabled, endsAt } = request;
    const changed = await this.offers.update(id, operatorId, (offer) => {
      const wanted = {
        ...offer,
        enabled: enabled ?? offer.enabled,
        endsAt: endsAt === undefined ? offer.endsAt : endsAt,
      };
      refuseIf(problemsOfWindow(wanted));
      return wanted;
    });
    if (!changed) throw new DomainError('OFFER_NOT_FOUND', `There is no offer ${id}`);
    this.log.info({ offerId: id, operatorId, enabled: changed.enabled }, 'an offer was changed');
    return changed;
  }

  list(): Promise<payment.Offer[]> {
    return this.offers.list();
  }

  /** The best first. */
  async quote({
    merchantId,
    amount,
  }: RequestOf<typeof payment.quoteOffers>): Promise<ResponseOf<typeof payment.quoteOffers>> {
    const now = new Date();
    const offers = await this.offers.listEnabled();
    const takerOf = await this.takerOf(merchantId);
    const items = offers
      .filter((offer) => whyNotAvailable(offer, takerOf(offer), now) === null)
      .map(({ id, name, rule, endsAt }) => ({
        offerId: id,
        name,
        rule,
        endsAt,
        bonusAmount: bonusOf(rule, amount),
      }))
      .sort((a, b) => (a.bonusAmount === b.bonusAmount ? 0 : a.bonusAmount < b.bonusAmount ? 1 : -1));
    return { items };
  }

  /**
   * Says early and in words why an offer can't be taken. That it really is taken, and by nobody else, is decided when
   * the order is stored.
   *
   * @throws DomainError OFFER_NOT_AVAILABLE
   */
  async choose(merchantId: string, amount: bigint, offerId: string): Promise<OfferChoice> {
    const offer = await this.offers.find(offerId);
    if (!offer) throw notAvailable(`there is no offer ${offerId}`);
    const takerOf = await this.takerOf(merchantId);
    const why = whyNotAvailable(offer, takerOf(offer), new Date());
    if (why !== null) throw notAvailable(why);
    const bonusAmount = bonusOf(offer.rule, amount);
    if (bonusAmount === 0n) throw notAvailable('the amount is too small for it');
    return { offer: { offerId, name: offer.name, bonusAmount }, uses: usesOf(offer) };
  }

  private async takerOf(merchantId: string): Promise<(offer: payment.Offer) => OfferTaker> {
    const shard = this.shards.ofMerchant(merchantId);
    const uses = await countUses(shard.database, shard, merchantId);
    const recharged = await hasRecharged(shard.database, shard, merchantId, uses);
    return ({ id }) => ({ hasRecharged: recharged, uses: uses.get(id) ?? 0 });
  }
}

function refuseIf(errors: readonly FieldError[]): void {
  const [first] = errors;
  if (first) throw new DomainError('VALIDATION_FAILED', `${first.field} ${first.message}`, { errors });
}
