// @ts-check

/**
 * One guard of the ledger, and how it is taken out.
 *
 * @typedef {object} Mutant
 * @property {string} guard
 * @property {string} file
 * @property {string} find stands in the file exactly once
 * @property {string} replace
 * @property {readonly string[]} specs those that are there to notice
 */

const WALLET = 'apps/wallet/src';
const POSTING = `${WALLET}/ledger/ledger-posting.ts`;
const ACCOUNTS = `${WALLET}/ledger/account.repository.ts`;
const TRANSFERS = `${WALLET}/ledger/transfer.repository.ts`;
const EVALUATE = `${WALLET}/ledger/evaluate-batch.ts`;
const CHART = `${WALLET}/ledger/chart-of-accounts.ts`;
const SCHEMA = `${WALLET}/migrations/1-ledger.ts`;
const DATABASE = 'libs/database/src/database.ts';

const LEDGER_SPEC = `${WALLET}/ledger/ledger.int-spec.ts`;
const FENCES_SPEC = `${WALLET}/ledger/ledger-fences.int-spec.ts`;
const OUTAGES_SPEC = `${WALLET}/ledger/ledger-outages.int-spec.ts`;
const ORDER_SPEC = `${WALLET}/ledger/ledger-order.int-spec.ts`;
const MODEL_SPEC = `${WALLET}/ledger/ledger-model.int-spec.ts`;
const LOCK_SPEC = 'libs/locks/src/redlock-owner-lock.int-spec.ts';

/** @type {readonly Mutant[]} */
export const LEDGER_GUARDS = [
  {
    guard: 'version check of a balance',
    file: ACCOUNTS,
    find: ' AND \\`a\\`.\\`version\\` = \\`n\\`.\\`version_before\\`',
    replace: '',
    specs: [FENCES_SPEC],
  },
  {
    guard: 'balances that were not written count',
    file: ACCOUNTS,
    find: 'if (affectedRows !== after.length)',
    replace: 'if (affectedRows < 0)',
    specs: [FENCES_SPEC],
  },
  {
    guard: 'accounts are locked',
    file: ACCOUNTS,
    find: 'ORDER BY \\`id\\` FOR UPDATE`',
    replace: 'ORDER BY \\`id\\``',
    specs: [ORDER_SPEC],
  },
  {
    guard: 'accounts are locked in one order',
    file: ACCOUNTS,
    find: 'await transaction.query<AccountRow>(\n      `SELECT ${COLUMNS} FROM \\`account\\` WHERE \\`id\\` IN (?) ORDER BY \\`id\\` FOR UPDATE`,\n      [ids],\n    );',
    replace:
      'await (async () => { const all: AccountRow[] = []; for (const id of ids) all.push(...(await transaction.query<AccountRow>(`SELECT ${COLUMNS} FROM \\`account\\` WHERE \\`id\\` = ? FOR UPDATE`, [id]))); return all; })();',
    specs: [ORDER_SPEC],
  },
  {
    guard: 'keys are claimed in one order',
    file: TRANSFERS,
    find: '[...batch].sort((a, b) => (keyOf(a.request) < keyOf(b.request) ? -1 : 1))',
    replace: '[...batch]',
    specs: [ORDER_SPEC],
  },
  {
    guard: 'unique key (scope, idempotency_key)',
    file: SCHEMA,
    find: 'UNIQUE KEY \\`transfer_key\\`',
    replace: 'KEY \\`transfer_key\\`',
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'unique key of the external id',
    file: SCHEMA,
    find: 'UNIQUE KEY \\`transfer_external\\`',
    replace: 'KEY \\`transfer_external\\`',
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'the external id is stored',
    file: TRANSFERS,
    find: 'request.externalId,\n      createdAt,',
    replace: 'null,\n      createdAt,',
    specs: [LEDGER_SPEC],
  },
  {
    guard: "a rejected transfer's external id is free",
    file: TRANSFERS,
    find: ', `external_id` = NULL',
    replace: '',
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'primary key (account_id, seq)',
    file: SCHEMA,
    find: 'PRIMARY KEY (\\`account_id\\`, \\`seq\\`)',
    replace: 'KEY \\`entry_place\\` (\\`account_id\\`, \\`seq\\`)',
    specs: [FENCES_SPEC],
  },
  {
    guard: 'CHECK on the floor',
    file: SCHEMA,
    find: 'CHECK (\\`floor_amount\\` IS NULL OR \\`posted\\` - \\`held\\` >= \\`floor_amount\\`)',
    replace: 'CHECK (\\`version\\` >= 0)',
    specs: [FENCES_SPEC],
  },
  {
    guard: 'floor, as the batch is decided',
    file: EVALUATE,
    find: "if (account.floor !== null && after - account.held < account.floor) return 'INSUFFICIENT_FUNDS';",
    replace: '',
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'what is held counts for the floor',
    file: EVALUATE,
    find: 'after - account.held < account.floor',
    replace: 'after < account.floor',
    specs: [`${WALLET}/ledger/evaluate-batch.spec.ts`],
  },
  {
    guard: "floor of a campaign's account",
    file: CHART,
    find: "campaign_cash: { side: 'credit', floorAmount: 0n,",
    replace: "campaign_cash: { side: 'credit', floorAmount: null,",
    specs: [MODEL_SPEC],
  },
  {
    guard: "floor of a withdrawal's account",
    file: CHART,
    find: "traffic_withdrawing: { side: 'credit', floorAmount: 0n,",
    replace: "traffic_withdrawing: { side: 'credit', floorAmount: null,",
    specs: [MODEL_SPEC],
  },
  {
    guard: 'amounts that no BIGINT holds',
    file: EVALUATE,
    find: "if (!fits(after) || !fits(leg.amount)) return 'BALANCE_OUT_OF_RANGE';",
    replace: '',
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'moves that no BIGINT holds',
    file: EVALUATE,
    find: ' || !fits(leg.amount)',
    replace: '',
    specs: [`${WALLET}/ledger/evaluate-batch.spec.ts`],
  },
  {
    guard: 'a stopped account gives nothing',
    file: EVALUATE,
    find: "if (account.frozen && !settlesHold) return 'ACCOUNT_FROZEN';",
    replace: '',
    specs: [FENCES_SPEC],
  },
  {
    guard: 'hash of the request',
    file: POSTING,
    find: 'if (!original.equals(requestHash(request)))',
    replace: 'if (original.length === 0)',
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'rejections are stored',
    file: TRANSFERS,
    find: '"UPDATE `transfer` SET `status` = \'rejected\', `result_code` = ?, `external_id` = NULL, `seal` = ? WHERE `id` = ?",\n        [code, sealOfRequest(transferId, request, createdAt, code), transferId],',
    replace: "'DELETE FROM `transfer` WHERE `id` = ?',\n        [transferId],",
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'legs that are no transfer',
    file: `${WALLET}/ledger/ledger.service.ts`,
    find: 'assertBalanced(request);',
    replace: 'void assertBalanced;',
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'a bad request fails alone',
    file: POSTING,
    find: "if (requests.length === 1 || DomainError.is(error, 'UNAVAILABLE')) throw error;",
    replace: 'if (requests.length > 0) throw error;',
    specs: [FENCES_SPEC],
  },
  {
    guard: 'callers hear only after the commit',
    file: DATABASE,
    find: "await runner.query('COMMIT');",
    replace: "void runner.query('COMMIT').catch(() => undefined);",
    specs: [OUTAGES_SPEC],
  },
  {
    guard: 'an unknown commit is looked up',
    file: POSTING,
    find: '!(error instanceof CommitOutcomeUnknownError) || lookup === COMMIT_LOOKUPS',
    replace: 'error instanceof Error || lookup === COMMIT_LOOKUPS',
    specs: [OUTAGES_SPEC],
  },
  {
    guard: 'transactions that MySQL gave up are run again',
    file: DATABASE,
    find: 'if (attempt >= TRANSACTION_ATTEMPTS || !isTransientError(error))',
    replace: 'if (attempt >= 1)',
    specs: ['libs/database/src/database.int-spec.ts'],
  },
  {
    guard: 'outbox in the transaction',
    file: 'libs/outbox/src/outbox.ts',
    find: 'const { insertId } = await transaction.write(',
    replace: 'const { insertId } = await this.options.database.write(',
    specs: ['libs/outbox/src/outbox.int-spec.ts', MODEL_SPEC],
  },
  {
    guard: 'each transfer is told of',
    file: POSTING,
    find: 'await this.announce(transaction, postings, createdAt);',
    replace: 'void this.announce;',
    specs: [LEDGER_SPEC],
  },
  {
    guard: 'the head of an account\u2019s chain',
    file: ACCOUNTS,
    find: 'heads.get(account.id) ?? account.link,',
    replace: 'account.link ?? heads.get(account.id),',
    specs: [MODEL_SPEC],
  },
  {
    guard: 'everything of an account',
    file: `${WALLET}/ledger/transfer.ts`,
    find: 'const EVERYTHING = 2n ** 63n;',
    replace: 'const EVERYTHING = 2n ** 62n;',
    specs: [`${WALLET}/ledger/evaluate-batch.spec.ts`],
  },
  {
    guard: 'watchdog of the lock',
    file: 'libs/locks/src/redlock-owner-lock.ts',
    find: 'held.watch(onLost);',
    replace: '',
    specs: [LOCK_SPEC],
  },
  {
    guard: 'the lock keeps others out',
    file: 'libs/locks/src/redlock-owner-lock.ts',
    find: 'if (lock) return new HeldLock(lock, acquisition, this.ttlMs);',
    replace: 'return lock && new HeldLock(lock, acquisition, this.ttlMs);',
    specs: [LOCK_SPEC],
  },
];
