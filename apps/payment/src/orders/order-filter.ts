import type { payment } from '#libs/contracts';
import type { SqlValue } from '#libs/database';
import { EPOCH_MS, encodeId } from '#libs/ids';

/** What a list of orders is narrowed down to. */
export interface OrderFilter {
  readonly merchantId?: string | undefined;
  readonly state?: payment.OrderState | undefined;
  readonly channel?: payment.ChannelName | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
  /** Orders older than this id. */
  readonly beforeId?: string | undefined;
}

export interface OrderSelection {
  /** The index that has the orders in their order already; empty for the primary key. */
  readonly index: string;
  /** The WHERE, over a statement of `selectOrders`; empty without a condition. */
  readonly where: string;
  readonly parameters: SqlValue[];
}

/** An id is made a little before its order's row, and a generator may be ahead of the clock for a moment. */
const ID_SLACK_MS = 60_000;

/**
 * How a filter is read: newest first, from an index that is in that order.
 *
 * @param orders name of the table, after which its indexes are named
 */
export function selectionOf(filter: OrderFilter, orders: string): OrderSelection {
  const { createdFrom, createdTo } = filter;
  const conditions: [sql: string, value: SqlValue | undefined][] = [
    ['`o`.`merchant_id` = ?', filter.merchantId],
    ['`o`.`state` = ?', filter.state],
    ['`o`.`channel` = ?', filter.channel],
    ['`o`.`created_at` >= ?', createdFrom],
    ['`o`.`created_at` < ?', createdTo],
    // Ids carry their time: the span is found by the index, and not by looking at every order of a merchant.
    ['`o`.`id` >= ?', createdFrom && idAt(createdFrom.getTime() - ID_SLACK_MS)],
    ['`o`.`id` < ?', createdTo && idAt(createdTo.getTime() + ID_SLACK_MS)],
    ['`o`.`id` < ?', filter.beforeId],
  ];
  const used = conditions.filter((condition): condition is [string, SqlValue] => condition[1] !== undefined);
  return {
    index: indexFor(filter, orders),
    where: used.length === 0 ? '' : `WHERE ${used.map(([sql]) => sql).join(' AND ')}`,
    parameters: used.map(([, value]) => value),
  };
}

/** Left to itself, the optimizer intersects two indexes of a large merchant and sorts a hundred thousand orders. */
function indexFor({ merchantId, state }: OrderFilter, orders: string): string {
  if (merchantId !== undefined) return state === undefined ? `${orders}_list` : `${orders}_list_by_state`;
  return state === undefined ? '' : `${orders}_by_state`;
}

function idAt(atMs: number): string {
  return encodeId(Math.max(EPOCH_MS, Math.floor(atMs)), 0, 0, 0).toString();
}
