import assert from 'node:assert/strict';
import type { ChannelBench, Without } from './channel-bench.js';
import type { ConformanceCase } from './conformance-world.js';
import { BILL_CASES, NOTIFY_CASES } from './notify-and-bill-cases.js';
import { REFUND_CASES } from './refund-cases.js';
import { TRADE_CASES } from './trade-cases.js';
import { TRANSFER_CASES, type WithTransfers } from './transfer-cases.js';

export type {
  ChannelBench,
  Need,
  Payee,
  TradeNumbers,
  TransferBench,
  TransferTrouble,
  Trouble,
  Without,
} from './channel-bench.js';

/** The two functions of a test runner that the suite needs; so this lib needs none. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => void | Promise<void>) => void;
}

const CHAPTERS = { trades: TRADE_CASES, refunds: REFUND_CASES, notifies: NOTIFY_CASES, bills: BILL_CASES };

/**
 * What every payment channel does, as one list of cases for all of them. A case that does not apply to a channel stays in
 * the list with the reason, so that the lists of two channels can be laid side by side.
 *
 * @param benchOf asked when a case runs, so that the bench may be set up before all of them.
 */
export function describePaymentChannel(
  name: string,
  without: Without,
  benchOf: () => ChannelBench,
  runner: Runner,
): void {
  runner.describe(`${name} as a payment channel`, () => {
    for (const [chapter, cases] of Object.entries(CHAPTERS)) {
      runner.describe(chapter, () => list(cases, without, benchOf, runner));
    }
    describeTransfers(without, benchOf, runner);
  });
}

/** The chapter of transfers by itself. */
export function describeTransfers(without: Without, benchOf: () => WithTransfers, runner: Runner): void {
  runner.describe('transfers', () => list(TRANSFER_CASES, without, benchOf, runner));
}

function list<Bench>(
  cases: readonly ConformanceCase<Bench>[],
  without: Without,
  benchOf: () => Bench,
  { it }: Runner,
): void {
  for (const { words, needs = [], run } of cases) {
    const reason = needs.map((need) => without[need]).find((why) => why !== undefined);
    if (reason === undefined) it(words, () => run(benchOf()));
    // Listed and not skipped: the reason must be there to be read.
    else it(`${words}: does not apply, since ${reason}`, () => assert.notEqual(reason, ''));
  }
}
