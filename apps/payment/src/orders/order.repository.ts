import { Injectable } from '@nestjs/common';
import { type payment } from '#libs/contracts';
import { type Transaction, isDuplicateKeyError } from '#libs/database';
import { type NewAttempt, insertAttempt, openedEvent } from '../attempts/new-attempt.js';
import { formatYuan } from '#libs/money';
import { type OfferUse, takeOffer } from '../offers/offer-uses.js';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { StoryRepository } from '../story/story.repository.js';
import { type OrderFilter, selectionOf } from './order-filter.js';
import { type OrderRow, selectOrders } from './order-row.js';
import { type OrderShard, OrderShards } from './order-shards.js';
import { sourcesOf } from '#libs/states';
import { ORDER_TRANSITIONS } from './order-states.js';

export interface NewOrder {
  readonly id: string;
  readonly merchantId: string;
  readonly state: 'CREATED' | 'PAYING';
  readonly idempotencyKey: string | null;
  readonly requestHash: Buffer;
  readonly amount: bigint;
  readonly subject: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Chosen with the order and fixed in it. */
  readonly offer: payment.ChosenOffer | null;
  /** What the order must get hold of for its offer; nothing for one that everybody may take at any time. */
  readonly offerUses?: readonly OfferUse[];
  readonly attempt: NewAttempt;
}

/** All SQL that creates, reads and lists orders; every statement touches one shard. */
@Injectable()
export class OrderRepository {
  constructor(
    private readonly shards: OrderShards,
    private readonly archive: ArchiveRepository,
    private readonly stories: StoryRepository,
  ) {}

  /**
   * @returns false when the merchant has an order with that idempotency key already; then nothing is stored.
   * @throws DomainError OFFER_NOT_AVAILABLE when another order was faster; then nothing is stored either.
   */
  async insert(order: NewOrder): Promise<boolean> {
    const shard = this.shards.ofId(order.id);
    const { database, tables } = shard;
    const { attempt } = order;
    try {
      await database.transaction(async (transaction) => {
        await transaction.write(
          `INSERT INTO \`${tables.orders}\` (\`id\`, \`merchant_id\`, \`state\`, \`channel\`, \`idempotency_key\`, \`request_hash\`, \`created_at\`, \`updated_at\`, \`expires_at\`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            order.id,
            order.merchantId,
            order.state,
            attempt.channel,
            order.idempotencyKey,
            order.requestHash,
            order.createdAt,
            order.createdAt,
            order.expiresAt,
          ],
        );
        await transaction.write(
          `INSERT INTO \`${tables.orderDetails}\` (\`order_id\`, \`amount\`, \`method\`, \`subject\`, \`attempt_id\`, \`offer_id\`, \`offer_name\`, \`bonus_amount\`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            order.id,
            order.amount,
            attempt.method,
            order.subject,
            attempt.id,
            order.offer?.offerId ?? null,
            order.offer?.name ?? null,
            order.offer?.bonusAmount ?? 0n,
          ],
        );
        await takeOffer(transaction, shard, order, order.offerUses ?? []);
        await insertAttempt(transaction, shard, attempt);
        await this.stories.appendAll(transaction, shard, [createdEvent(order), openedEvent(attempt)]);
      });
      return true;
    } catch (error) {
      if (isDuplicateKeyError(error, `${tables.orders}_key`)) return false;
      throw error;
    }
  }

  /** Also from the archive. */
  async findById(id: string): Promise<OrderRow | null> {
    const shard = this.shards.ofId(id);
    const [row] = await shard.database.query<OrderRow>(`${selectOrders(shard)} WHERE \`o\`.\`id\` = ?`, [id]);
    return row ?? this.archive.findById(id);
  }

  async findByKey(merchantId: string, idempotencyKey: string): Promise<OrderRow | null> {
    const shard = this.shards.ofMerchant(merchantId);
    const [row] = await shard.database.query<OrderRow>(
      `${selectOrders(shard)} WHERE \`o\`.\`merchant_id\` = ? AND \`o\`.\`idempotency_key\` = ?`,
      [merchantId, idempotencyKey],
    );
    return row ?? null;
  }

  /** Newest first, by key and not by offset: the thousandth page costs what the first does. */
  async list(merchantId: string, filter: OrderFilter, limit: number): Promise<OrderRow[]> {
    const shard = this.shards.ofMerchant(merchantId);
    const { index, where, parameters } = selectionOf({ ...filter, merchantId }, shard.tables.orders);
    return shard.database.query<OrderRow>(
      `${selectOrders(shard, index)} ${where} ORDER BY \`o\`.\`id\` DESC LIMIT ?`,
      [...parameters, limit],
    );
  }

  /** Moves an order if the transition table lets it. @returns false when it does not, which the caller must decide upon. */
  async moveOrder(
    transaction: Transaction,
    { tables }: OrderShard,
    orderId: string,
    to: payment.OrderState,
    creditDueAt: Date | null = null,
  ): Promise<boolean> {
    const { affectedRows } = await transaction.write(
      `UPDATE \`${tables.orders}\` SET \`state\` = ?, \`version\` = \`version\` + 1, \`credit_due_at\` = ?, \`updated_at\` = UTC_TIMESTAMP(3) WHERE \`id\` = ? AND \`state\` IN (?)`,
      [to, creditDueAt, orderId, sourcesOf(ORDER_TRANSITIONS, to)],
    );
    return affectedRows === 1;
  }
}

function createdEvent(order: NewOrder) {
  return {
    orderId: order.id,
    kind: 'order.created' as const,
    facts: {
      amount: formatYuan(order.amount),
      ...(order.offer === null
        ? {}
        : { offer: order.offer.name, bonus: formatYuan(order.offer.bonusAmount) }),
    },
  };
}
