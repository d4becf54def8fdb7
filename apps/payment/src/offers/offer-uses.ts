import { DomainError, type payment } from '#libs/contracts';
import { type SqlExecutor, type Transaction, isDuplicateKeyError } from '#libs/database';
import { archiveTableNames } from '#libs/orders';
import type { OrderShard } from '../orders/order-shards.js';

/** Something of which one merchant may hold so many, each by one order. */
export interface OfferUse {
  readonly offerId: string;
  readonly limit: number;
}

/** Held by the one order that took an offer for a first recharge, whichever it was. No offer has this id. */
const FIRST_RECHARGE: OfferUse = { offerId: '0', limit: 1 };

/** What an order that takes this offer must hold; nothing when everybody may take it as often as they like. */
export function usesOf(offer: payment.Offer): OfferUse[] {
  return [
    ...(offer.firstRechargeOnly ? [FIRST_RECHARGE] : []),
    ...(offer.perMerchantLimit === null ? [] : [{ offerId: offer.id, limit: offer.perMerchantLimit }]),
  ];
}

interface OrderOfMerchant {
  readonly id: string;
  readonly merchantId: string;
}

/**
 * Takes what an order needs, in the transaction that stores it. A unique key decides between orders that come at once:
 * the later one waits for the first to commit, and then finds the slot taken.
 *
 * @throws DomainError OFFER_NOT_AVAILABLE when the merchant holds as many already; the transaction must end with it.
 */
export async function takeOffer(
  transaction: Transaction,
  shard: OrderShard,
  order: OrderOfMerchant,
  uses: readonly OfferUse[],
): Promise<void> {
  for (const { offerId, limit } of uses) {
    const parameters = [order.id, offerId, order.merchantId, limit];
    const isTaken = await intoFreeSlot(transaction, shard, order.merchantId, { offerId, limit }, (slot) =>
      transaction.write(
        `INSERT INTO \`${shard.tables.offerUses}\` (\`order_id\`, \`offer_id\`, \`merchant_id\`, \`slot_limit\`, \`slot\`) VALUES (?, ?, ?, ?, ?)`,
        [...parameters, slot],
      ),
    );
    if (!isTaken) throw notAvailable('another order of yours has taken it');
  }
  if (uses.includes(FIRST_RECHARGE) && (await hasPaid(transaction, shard, order)))
    throw notAvailable('it is for a first recharge only');
}

/** The order was closed unpaid: somebody else of the merchant's orders may have what it held. */
export async function releaseOffer(
  transaction: Transaction,
  { tables }: OrderShard,
  orderId: string,
): Promise<void> {
  await transaction.write(`UPDATE \`${tables.offerUses}\` SET \`slot\` = NULL WHERE \`order_id\` = ?`, [
    orderId,
  ]);
}

/**
 * A closed order is paid after all: it gets back what it had given up, if nobody else has that by now. Otherwise its
 * bonus is gone, which is written into the order.
 *
 * @returns true when the order keeps its bonus.
 */
export async function retakeOffer(
  transaction: Transaction,
  shard: OrderShard,
  order: OrderOfMerchant,
): Promise<boolean> {
  const { offerUses, orderDetails } = shard.tables;
  const given = await transaction.query<{ offer_id: string; slot_limit: number }>(
    `SELECT \`offer_id\`, \`slot_limit\` FROM \`${offerUses}\` WHERE \`order_id\` = ? AND \`slot\` IS NULL`,
    [order.id],
  );
  for (const { offer_id: offerId, slot_limit: limit } of given) {
    const isFirst = offerId === FIRST_RECHARGE.offerId;
    const isTaken =
      !(isFirst && (await hasPaid(transaction, shard, order))) &&
      (await intoFreeSlot(transaction, shard, order.merchantId, { offerId, limit }, (slot) =>
        transaction.write(
          `UPDATE \`${offerUses}\` SET \`slot\` = ? WHERE \`order_id\` = ? AND \`offer_id\` = ?`,
          [slot, order.id, offerId],
        ),
      ));
    if (isTaken) continue;
    await releaseOffer(transaction, shard, order.id);
    await transaction.write(`UPDATE \`${orderDetails}\` SET \`bonus_amount\` = 0 WHERE \`order_id\` = ?`, [
      order.id,
    ]);
    return false;
  }
  return true;
}

/** How many of each a merchant holds. */
export async function countUses(
  executor: SqlExecutor,
  { tables }: OrderShard,
  merchantId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await executor.query<{ offer_id: string; uses: string | number }>(
    `SELECT \`offer_id\`, COUNT(\`slot\`) AS \`uses\` FROM \`${tables.offerUses}\` WHERE \`merchant_id\` = ? GROUP BY \`offer_id\``,
    [merchantId],
  );
  return new Map(rows.map(({ offer_id: offerId, uses }) => [offerId, Number(uses)]));
}

/** @returns true when a recharge of the merchant was paid, or one that is open counts as the first. */
export async function hasRecharged(
  executor: SqlExecutor,
  shard: OrderShard,
  merchantId: string,
  uses: ReadonlyMap<string, number>,
): Promise<boolean> {
  return (uses.get(FIRST_RECHARGE.offerId) ?? 0) > 0 || hasPaid(executor, shard, { id: '0', merchantId });
}

/** Another recharge than this one, also an archived one. */
async function hasPaid(
  executor: SqlExecutor,
  { tables, shard }: OrderShard,
  { id, merchantId }: OrderOfMerchant,
): Promise<boolean> {
  const paidIn = (table: string) =>
    `EXISTS (SELECT 1 FROM \`${table}\` WHERE \`merchant_id\` = ? AND \`state\` IN ('PAID', 'CREDITED') AND \`id\` <> ?)`;
  const [row] = await executor.query<{ paid: number | string }>(
    `SELECT ${paidIn(tables.orders)} OR ${paidIn(archiveTableNames(shard).orders)} AS \`paid\``,
    [merchantId, id, merchantId, id],
  );
  return Number(row?.paid) === 1;
}

/**
 * Tries the lowest slot that looks free, until one was or none is left: each failure means that somebody else has
 * committed one meanwhile.
 */
async function intoFreeSlot(
  transaction: Transaction,
  { tables: { offerUses } }: OrderShard,
  merchantId: string,
  { offerId, limit }: OfferUse,
  write: (slot: number) => Promise<unknown>,
): Promise<boolean> {
  for (;;) {
    const [row] = await transaction.query<{ slot: string | number }>(
      `SELECT MIN(\`taken\`.\`slot\`) + 1 AS \`slot\`
         FROM (SELECT 0 AS \`slot\` UNION ALL SELECT \`slot\` FROM \`${offerUses}\` WHERE \`merchant_id\` = ? AND \`offer_id\` = ? AND \`slot\` IS NOT NULL) AS \`taken\`
        WHERE NOT EXISTS (SELECT 1 FROM \`${offerUses}\` AS \`next\` WHERE \`next\`.\`merchant_id\` = ? AND \`next\`.\`offer_id\` = ? AND \`next\`.\`slot\` = \`taken\`.\`slot\` + 1)`,
      [merchantId, offerId, merchantId, offerId],
    );
    const slot = Number(row?.slot);
    if (slot > limit) return false;
    try {
      await write(slot);
      return true;
    } catch (error) {
      if (!isDuplicateKeyError(error, `${offerUses}_slot`)) throw error;
    }
  }
}

export const notAvailable = (why: string) =>
  new DomainError('OFFER_NOT_AVAILABLE', `The offer can't be taken: ${why}`, {
    errors: [{ field: 'offerId', message: why }],
  });
