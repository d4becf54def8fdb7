import { OrderTables1763683200000 } from './1-order-tables.js';
import { EveryWayToPay1763769600000 } from './2-every-way-to-pay.js';

/** In the order in which they run. */
export const PAYMENT_MIGRATIONS = [OrderTables1763683200000, EveryWayToPay1763769600000];
