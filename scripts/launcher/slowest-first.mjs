// @ts-check
import imported from '@jest/test-sequencer';

/** Files that take longest, in their order. */
const SLOWEST = [
  'apps/wallet/src/ledger/ledger-model.int-spec.ts',
  'libs/turnstile/src/turnstile.int-spec.ts',
  'libs/turnstile/src/turnstile-trouble.int-spec.ts',
  'test/e2e/ways.e2e-spec.ts',
  'test/e2e/withdrawals.e2e-spec.ts',
  'test/e2e/crash-points.e2e-spec.ts',
  'test/e2e/channels.e2e-spec.ts',
  'test/e2e/recharge.e2e-spec.ts',
  'test/browser/withdrawals.browser-spec.ts',
  'test/browser/every-way-to-pay.browser-spec.ts',
  'test/browser/reconciliation.browser-spec.ts',
];

/** @param {string} path */
function rankOf(path) {
  const index = SLOWEST.findIndex((file) => path.endsWith(file));
  return index === -1 ? SLOWEST.length : index;
}

// Its types are those of its CommonJS half, which TypeScript reads otherwise than Node does the other.
const Sequencer = /** @type {typeof import('@jest/test-sequencer').default} */ (
  /** @type {unknown} */ (imported)
);

/**
 * What takes long begins first, so that no core waits for it at the end of a tier. By itself Jest goes by earlier runs,
 * of which a fresh clone has none, and then by the size of the file, which says nothing of a story's.
 */
export default class SlowestFirst extends Sequencer {
  /**
   * @override
   * @param {Parameters<import('@jest/test-sequencer').default['sort']>[0]} tests
   */
  async sort(tests) {
    const byJest = await super.sort(tests);
    return byJest.toSorted((left, right) => rankOf(left.path) - rankOf(right.path));
  }
}
