import { InitialRoles1763700000001 } from './initial-roles.migration.js';
import { RolesOfEveryWayToPay1763769600001 } from './roles-of-every-way-to-pay.migration.js';
import { RolesOfTheLedger1764378000001 } from './roles-of-the-ledger.migration.js';
import { InitialSchema1763700000000 } from './initial-schema.migration.js';

/** In the order in which they run. */
export const MIGRATIONS = [
  InitialSchema1763700000000,
  InitialRoles1763700000001,
  RolesOfEveryWayToPay1763769600001,
  RolesOfTheLedger1764378000001,
];
