import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { withdrawal } from '#libs/contracts';
import type { Database } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import { Outbox } from '#libs/outbox';
import type { ChannelTransfers, PaymentChannelFactory } from '#libs/payments';
import { Log, Metrics } from '#libs/service';
import { createTestDatabase } from '#libs/testing';
import type { EventPublisher, RpcClient } from '#libs/transport';
import { Vault } from '#libs/vault';
import { BankBatchRepository } from '../bank/bank-batch.repository.js';
import { BankService } from '../bank/bank.service.js';
import { WITHDRAWAL_MIGRATIONS } from '../migrations/index.js';
import { PayoutAccountRepository } from '../payout-accounts/payout-account.repository.js';
import { PayoutAccountsConfig } from '../payout-accounts/payout-accounts.config.js';
import { PayoutAccountsService } from '../payout-accounts/payout-accounts.service.js';
import type { PayoutCalls } from '../payouts/payout-calls.js';
import { PayoutProgress } from '../payouts/payout-progress.js';
import { ReviewRepository } from '../review/review.repository.js';
import { ReviewService } from '../review/review.service.js';
import { WithdrawalConfig, withdrawalEnvironment } from '../withdrawal.config.js';
import { BookingController } from '../withdrawals/booking.controller.js';
import { OpenWithdrawals } from '../withdrawals/open-withdrawals.js';
import { OwnerHistory } from '../withdrawals/owner-history.repository.js';
import { Timeline } from '../withdrawals/timeline.js';
import { WithdrawalProgress } from '../withdrawals/withdrawal-progress.js';
import { WithdrawalRepository } from '../withdrawals/withdrawal.repository.js';
import { WithdrawalSteps } from '../withdrawals/withdrawal-steps.js';
import { WithdrawalsService } from '../withdrawals/withdrawals.service.js';
import { MemoryPayouts } from './memory-payouts.js';

export const OPERATOR = '901';
const ACCOUNT = 'wechat-main';
const ENVIRONMENT = {
  MYSQL_URL: 'mysql://nobody@127.0.0.1/',
  REDIS_URL: 'redis://127.0.0.1',
  PAYMENT_CHANNELS_FILE: 'none',
};

export type WithdrawalFixture = Awaited<ReturnType<typeof startWithdrawals>>;

/** Withdrawals over a schema of their own, a channel in memory and a wallet that has plenty. Nothing runs by itself. */
export async function startWithdrawals() {
  const schema = await createTestDatabase('withdrawal', { migrations: WITHDRAWAL_MIGRATIONS });
  const folder = mkdtempSync(join(tmpdir(), 'withdrawals-'));
  const keysFile = join(folder, 'keys.json');
  const key = () => randomBytes(32).toString('base64');
  writeFileSync(keysFile, JSON.stringify({ current: 'k1', keys: { k1: key() }, fingerprint: key() }));
  const relayed: { readonly name: string; readonly payload: unknown }[] = [];
  const outbox = new Outbox({
    source: 'withdrawal',
    database: schema.database,
    relay: { relay: (events) => Promise.resolve(void relayed.push(...events)) },
    onError: () => undefined,
  });
  const parts = assemble(schema.database, outbox, keysFile);
  return {
    ...parts,
    database: schema.database,
    relayed,
    stop: async () => {
      await outbox.close();
      await schema.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What Nest puts together in the running service, with a channel whose line is always free. */
function assemble(database: Database, outbox: Outbox, keysFile: string) {
  const log = Log.create('withdrawal', 'withdrawal-1', 'silent');
  const metrics = new Metrics('withdrawal', 'withdrawal-1');
  const environment = { ...ENVIRONMENT, PAYOUT_KEYS_FILE: keysFile, PAYOUT_COOL_DOWN_HOURS: '0' };
  const config = new WithdrawalConfig(withdrawalEnvironment.parse(environment));
  const ids = new IdGenerator({
    grants: { current: () => ({ node: 1, afterMs: 0, untilMs: Number.MAX_SAFE_INTEGER }) },
  });
  const channel = new MemoryPayouts();
  const line = { whileWaiting: () => Promise.resolve() };
  const calls = {
    capabilitiesOf: () => channel.capabilities,
    run: async (_call: unknown, work: (transfers: ChannelTransfers) => Promise<unknown>) => {
      await line.whileWaiting();
      return work(channel);
    },
  } as unknown as PayoutCalls;
  const services = {
    call: () => Promise.resolve({ transferId: ids.nextId(0) }),
  } as unknown as RpcClient;
  const channels = { choose: () => ({ id: ACCOUNT }) } as unknown as PaymentChannelFactory;
  // Hints for open pages: losing them loses nothing.
  const events = { publish: () => Promise.resolve() } as unknown as EventPublisher;

  const withdrawals = new WithdrawalRepository(database);
  const history = new OwnerHistory(database);
  const timeline = new Timeline();
  const accountsConfig = new PayoutAccountsConfig({ PAYOUT_KEYS_FILE: keysFile, PAYOUT_COOL_DOWN_HOURS: 0 });
  const accounts = new PayoutAccountsService(
    database,
    new PayoutAccountRepository(database),
    history,
    new Vault(keysFile),
    ids,
    accountsConfig,
    log,
  );
  const steps = new WithdrawalSteps(database, withdrawals, timeline, outbox, events, log, metrics);
  const payouts = new PayoutProgress(withdrawals, steps, accounts, calls, config, log);
  const progress = new WithdrawalProgress(withdrawals, steps, payouts, channels, services, config);
  const service = new WithdrawalsService(
    database,
    withdrawals,
    history,
    accounts,
    progress,
    steps,
    timeline,
    ids,
    config,
    log,
  );
  return {
    channel,
    /** What happens while a call stands in line. */
    line,
    metrics,
    open: new OpenWithdrawals(database, metrics),
    withdrawals,
    accounts,
    progress,
    service,
    review: new ReviewService(
      database,
      withdrawals,
      new ReviewRepository(database),
      history,
      steps,
      timeline,
      log,
    ),
    bank: new BankService(database, new BankBatchRepository(database), accounts, steps, ids, config, log),
    booking: new BookingController(database, withdrawals, timeline, steps, config, log),
  };
}

const YUAN = 1_000_000n;
let lastNumber = 7_000;
const nextNumber = () => String((lastNumber += 1));

/** Asked for by somebody of its own. @returns its id. */
export async function asked(
  { accounts, service }: WithdrawalFixture,
  method: withdrawal.PayoutMethod = 'wechat',
  yuan = 100n,
): Promise<string> {
  const ownerId = nextNumber();
  const digits = ownerId.padStart(12, '0');
  const numbers = { alipay: `2088${digits}`, wechat: `oUpF8uMuAJO_${digits}`, bank: '6222021234567890128' };
  const { id: payoutAccountId } = await accounts.add({
    ownerId,
    method,
    number: numbers[method],
    holderName: '王小明',
    ...(method === 'bank' ? { bankName: '工商银行' } : {}),
  });
  const wish = { ownerId, payoutAccountId, amount: yuan * YUAN, idempotencyKey: nextNumber() };
  const { id } = await service.create(wish);
  return id;
}

/** And approved. @returns its id. */
export async function approved(world: WithdrawalFixture, method?: withdrawal.PayoutMethod): Promise<string> {
  const withdrawalId = await asked(world, method);
  await world.review.approve({ withdrawalId, operatorId: OPERATOR, note: 'known for years' });
  return withdrawalId;
}
