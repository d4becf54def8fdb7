import { OrderTables1763683200000 } from './1-order-tables.js';
import { EveryWayToPay1763769600000 } from './2-every-way-to-pay.js';
import { Webhooks1763942400000 } from './4-webhooks.js';
import { Offers1764028800000 } from './5-offers.js';
import { Reconciliation1764115200000 } from './6-reconciliation.js';
import { Archive1764201600000 } from './7-archive.js';
import { OrderLists1764288000000 } from './8-order-lists.js';

/** In the order in which they run. */
export const PAYMENT_MIGRATIONS = [
  OrderTables1763683200000,
  EveryWayToPay1763769600000,
  Webhooks1763942400000,
  Offers1764028800000,
  Reconciliation1764115200000,
  Archive1764201600000,
  OrderLists1764288000000,
];
