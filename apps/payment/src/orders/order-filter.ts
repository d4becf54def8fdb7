import type { payment } from '#libs/contracts';
import type { SqlValue } from '#libs/database';

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

/** The WHERE of a filter, over a statement of `selectOrders`; empty without a condition. */
export function whereOf(filter: OrderFilter): { readonly sql: string; readonly parameters: SqlValue[] } {
  const conditions: [sql: string, value: string | Date | undefined][] = [
    ['`o`.`merchant_id` = ?', filter.merchantId],
    ['`o`.`state` = ?', filter.state],
    ['`o`.`channel` = ?', filter.channel],
    ['`o`.`created_at` >= ?', filter.createdFrom],
    ['`o`.`created_at` < ?', filter.createdTo],
    ['`o`.`id` < ?', filter.beforeId],
  ];
  const used = conditions.filter(
    (condition): condition is [string, string | Date] => condition[1] !== undefined,
  );
  return {
    sql: used.length === 0 ? '' : `WHERE ${used.map(([sql]) => sql).join(' AND ')}`,
    parameters: used.map(([, value]) => value),
  };
}
