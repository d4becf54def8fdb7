import { DuplicateRefunds } from './duplicate-refunds.js';
import { OperatorRefunds } from './operator-refunds.service.js';
import { RefundLists } from './refund-lists.repository.js';
import { RefundNotices } from './refund-notices.js';
import { RefundProgress } from './refund-progress.js';
import { RefundSettlements } from './refund-settlements.service.js';
import { RefundSweep } from './refund-sweep.js';
import { RefundRepository } from './refund.repository.js';
import { RefundsController } from './refunds.controller.js';
import { RefundsService } from './refunds.service.js';

/** What the module of payment is made of, as far as refunds go. */
export const REFUND_CONTROLLERS = [RefundsController];
export const REFUND_PROVIDERS = [
  RefundRepository,
  RefundLists,
  RefundProgress,
  RefundsService,
  DuplicateRefunds,
  OperatorRefunds,
  RefundNotices,
  RefundSettlements,
  RefundSweep,
];
