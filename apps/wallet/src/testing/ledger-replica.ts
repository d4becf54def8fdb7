import { Redis } from 'ioredis';
import { Database } from '#libs/database';
import { leaseIdGenerator } from '#libs/ids';
import { RedlockOwnerLock, type UnlockedReason } from '#libs/locks';
import { Outbox } from '#libs/outbox';
import { AccountRepository } from '../ledger/account.repository.js';
import { LedgerPosting } from '../ledger/ledger-posting.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { TransferRepository } from '../ledger/transfer.repository.js';
import type { LedgerProcessOptions, Order, Report } from './ledger-process.js';
import { takeOut } from './requests.js';

/** The process of `LedgerProcess`. */
const options = JSON.parse(process.argv[2] ?? '') as LedgerProcessOptions;
const { mysqlUrl: url, schema, redisUrl, lockTtlMs: ttlMs } = options;
const database = await new Database({ url, schema }).open();
const { ids } = await leaseIdGenerator(database, () => undefined);
const outbox = new Outbox({
  source: 'wallet',
  database,
  relay: { relay: () => Promise.resolve() },
  onError: () => undefined,
});
const unlocked: UnlockedReason[] = [];
const lock = new RedlockOwnerLock({
  redis: new Redis(redisUrl),
  observer: { onUnlocked: (_owner, reason) => void unlocked.push(reason) },
  ttlMs,
});
const posting = new LedgerPosting(
  database,
  new AccountRepository(database, ids),
  new TransferRepository(),
  outbox,
  ids,
);
const ledger = new LedgerService(posting, lock);

process.on('message', ({ merchant, micros, idempotencyKey }: Order) => {
  void ledger.post({ ...takeOut(merchant, BigInt(micros)), idempotencyKey }).then((outcome) => {
    const report: Report = { outcome, unlocked };
    process.send?.(report);
  });
});
process.send?.('ready');
