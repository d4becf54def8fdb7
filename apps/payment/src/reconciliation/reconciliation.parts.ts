import { BillLoader } from './bill-loader.js';
import { ComparisonRepository } from './comparison.repository.js';
import { Comparison } from './comparison.js';
import { DifferenceDesk } from './difference-desk.js';
import { DifferenceRepairs } from './difference-repairs.js';
import { DifferenceStory } from './difference-story.js';
import { DifferenceRepository } from './difference.repository.js';
import { FeeCorrections } from './fee-corrections.js';
import { ReconciliationRunner } from './reconciliation-runner.js';
import { ReconciliationSweep } from './reconciliation-sweep.js';
import { ReconciliationController } from './reconciliation.controller.js';
import { ReconciliationRepository } from './reconciliation.repository.js';

/** What the module of payment is made of, as far as reconciliation goes; its `ReconciliationConfig` comes from the environment. */
export const RECONCILIATION_CONTROLLERS = [ReconciliationController];
export const RECONCILIATION_PROVIDERS = [
  ReconciliationRepository,
  BillLoader,
  ComparisonRepository,
  Comparison,
  DifferenceRepository,
  DifferenceStory,
  FeeCorrections,
  DifferenceRepairs,
  DifferenceDesk,
  ReconciliationRunner,
  ReconciliationSweep,
];
