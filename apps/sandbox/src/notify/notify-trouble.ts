import type { FaultKind, Faults } from '../faults/faults.js';
import type { NotifyMode } from './notify-plan.js';

/** The faults that decide how the merchant hears of something; the first that strikes counts. */
const NOTIFY_FAULTS = [
  ['notifyNever', 'never'],
  ['notifyTampered', 'tampered'],
  ['notifyLate', 'late'],
  ['notifyDuplicate', 'duplicate'],
  ['notifyOutOfOrder', 'outOfOrder'],
] as const satisfies readonly (readonly [FaultKind, NotifyMode])[];

/** How random or ordered trouble wants the notify of a trade to go. */
export function modeByTrouble(faults: Faults, subject: string): NotifyMode {
  return NOTIFY_FAULTS.find(([kind]) => faults.strikes(kind, subject))?.[1] ?? 'normal';
}
