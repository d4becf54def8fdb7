import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type BillLine, type PaymentChannel, PaymentChannelFactory } from '#libs/payments';
import type { ChannelCalls } from '../../../apps/payment/src/channels/channel-calls.js';
import { ChannelInquiry } from '../../../apps/payment/src/query/channel-inquiry.js';
import { RefundRepository } from '../../../apps/payment/src/refunds/refund.repository.js';
import { BillLoader } from '../../../apps/payment/src/reconciliation/bill-loader.js';
import { ComparisonRepository } from '../../../apps/payment/src/reconciliation/comparison.repository.js';
import { Comparison } from '../../../apps/payment/src/reconciliation/comparison.js';
import { DifferenceRepairs } from '../../../apps/payment/src/reconciliation/difference-repairs.js';
import { DifferenceStory } from '../../../apps/payment/src/reconciliation/difference-story.js';
import { DifferenceRepository } from '../../../apps/payment/src/reconciliation/difference.repository.js';
import { FeeCorrections } from '../../../apps/payment/src/reconciliation/fee-corrections.js';
import { ReconciliationRunner } from '../../../apps/payment/src/reconciliation/reconciliation-runner.js';
import { ReconciliationConfig } from '../../../apps/payment/src/reconciliation/reconciliation.config.js';
import { ReconciliationRepository } from '../../../apps/payment/src/reconciliation/reconciliation.repository.js';
import { type PaymentParts, openPayment } from '../payment-parts.js';
import type { ReconcileFigures } from './reconcile-bench.js';

const ACCOUNT = 'alipay-main';
const [mysqlUrl = '', schema = '', bill = '', billDate = ''] = process.argv.slice(2);
const parts = await openPayment(mysqlUrl, schema);
const { reconciliations, runner } = reconciliationOver(parts);
await reconciliations.request(ACCOUNT, 'alipay', billDate);
const startedMs = performance.now();
await runner.work(new AbortController().signal);
const seconds = (performance.now() - startedMs) / 1_000;
const [done] = await reconciliations.list({ billDate, limit: 1 });
if (done?.state !== 'DONE') throw new Error(`The day ended as ${done?.state}: ${done?.message}`);
const figures: ReconcileFigures = {
  lines: done.billLines,
  seconds,
  linesPerSecond: done.billLines / seconds,
  peakMb: process.resourceUsage().maxRSS / 1_024,
  matched: done.paymentsMatched,
  differences: done.differences,
};
await parts.close();
process.send?.(figures);
process.disconnect();

function reconciliationOver({ database, ids, shards, stories, archive, settlement, log }: PaymentParts) {
  const channel = { name: 'alipay', accountId: ACCOUNT, downloadBill: readBill } as unknown as PaymentChannel;
  const account = { id: ACCOUNT, channel, enabled: true, weight: 1, ratePerSecond: 100, maxInFlight: 80 };
  const channels = new PaymentChannelFactory([account]);
  const calls = { run: (_account, _call, work) => work(channel) } as Pick<
    ChannelCalls,
    'run'
  > as ChannelCalls;
  const config = new ReconciliationConfig({
    RECONCILE_AT_HOUR: 11,
    RECONCILE_CARRY_DAYS: 3,
    RECONCILE_RETRY_SECONDS: 600,
    RECONCILE_TODAY: false,
    SWEEP_EVERY_MS: 1_000,
  });
  const repository = new ReconciliationRepository(database, ids);
  const differences = new DifferenceRepository(database, ids);
  const comparisons = new ComparisonRepository();
  const story = new DifferenceStory(shards, stories, log);
  const repairs = new DifferenceRepairs(
    database,
    shards,
    differences,
    comparisons,
    new FeeCorrections(shards, channels),
    new ChannelInquiry(channels, calls, settlement),
    new RefundRepository(shards),
    archive,
    story,
    log,
  );
  const comparison = new Comparison(shards, repository, comparisons, differences, story, config);
  const loader = new BillLoader(shards, repository, calls);
  return {
    reconciliations: repository,
    runner: new ReconciliationRunner(repository, loader, comparison, differences, repairs, config, log),
  };
}

async function* readBill(): AsyncIterable<BillLine> {
  const at = new Date(`${billDate}T04:00:00Z`);
  for await (const text of createInterface({ input: createReadStream(bill) })) {
    const [kind = '', outTradeNo = '', id = '', number = '', amount = '', fee = ''] = text.split('\t');
    yield {
      kind: kind === 'refund' ? 'refund' : 'payment',
      outTradeNo,
      channelTradeNo: `2026${outTradeNo}`,
      outRefundNo: kind === 'refund' ? id : null,
      channelRefundNo: kind === 'refund' ? number : null,
      amount: BigInt(amount),
      fee: BigInt(fee),
      at,
      status: 'SUCCESS',
    };
  }
}
