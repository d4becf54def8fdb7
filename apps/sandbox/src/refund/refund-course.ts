import type { Faults } from '../faults/faults.js';
import type { RefundCourse } from './refund-book.js';

/** How a refund ends, by the trouble that strikes it; the first kind counts. */
export function courseOf(
  faults: Faults,
  subject: string,
  settlesAfterMs: number,
): Pick<RefundCourse, 'settlesAfterMs' | 'settlesAs'> {
  if (faults.strikes('refundInProcess', subject)) return { settlesAfterMs: null, settlesAs: 'SUCCEEDED' };
  if (faults.strikes('refundAbnormal', subject)) return { settlesAfterMs, settlesAs: 'ABNORMAL' };
  if (faults.strikes('refundClosed', subject)) return { settlesAfterMs, settlesAs: 'CLOSED' };
  return { settlesAfterMs, settlesAs: 'SUCCEEDED' };
}
