import type { Database } from '#libs/database';
import { archiveTableNames, tableNames } from '#libs/orders';
import { Log } from '#libs/service';
import { createTestDatabase, testMysql } from '#libs/testing';
import { PAYMENT_MIGRATIONS } from '../../../payment/src/migrations/index.js';
import { PostingAnnouncer } from '../../../wallet/src/ledger/posting-announcer.js';
import { TransferRepository } from '../../../wallet/src/ledger/transfer.repository.js';
import { RechargeController } from '../../../wallet/src/recharge/recharge.controller.js';
import { ReconciliationController } from '../../../wallet/src/reconciliation/reconciliation.controller.js';
import { RefundController } from '../../../wallet/src/refund/refund.controller.js';
import { type LedgerReplica, startTestLedger } from '../../../wallet/src/testing/test-ledger.js';
import { UnownedController } from '../../../wallet/src/unowned/unowned.controller.js';
import { ROW_LIMIT, type Books, type Invariant, type OffendingRow } from '../invariant.js';
import { INVARIANTS } from '../invariants.js';
import { WITHDRAWAL_MIGRATIONS } from '../../../withdrawal/src/migrations/index.js';
import { WITHDRAWAL_TERMS, bookOfOperators } from './operator-books.js';
import { writeWithdrawals } from './withdrawal-books.js';

const YUAN = 1_000_000n;
const MERCHANT = '7';
const live = tableNames(0);
const archive = archiveTableNames(0);

export interface AuditedBooks {
  /** Names of the invariants that are broken after these statements, which are undone again. */
  brokenBy(...statements: readonly string[]): Promise<string[]>;
  /** What these invariants find after a statement, which is undone again. */
  offendersAfter(statement: string, invariants: readonly Invariant[]): Promise<OffendingRow[]>;
  /** Of the wallet's schema. */
  query<Row>(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

/** All books with something of every kind in them, booked by the wallet's own recipes; `{w}`, `{p}` and `{d}` name the schemas. */
export async function startAuditedBooks(): Promise<AuditedBooks> {
  const server = await testMysql();
  const borrowed = { url: server.url, stop: () => Promise.resolve() };
  const ledger = await startTestLedger(borrowed);
  const payment = await createTestDatabase('payment', { migrations: PAYMENT_MIGRATIONS }, borrowed);
  const withdrawal = await createTestDatabase('withdrawal', { migrations: WITHDRAWAL_MIGRATIONS }, borrowed);
  const replica = await ledger.replica();
  await book(replica, ledger.database);
  await bookOfOperators(ledger, replica);
  await writeOrders(payment.database, live);
  await writeArchivedOrder(payment.database);
  await writeWithdrawals(withdrawal.database, WITHDRAWAL_TERMS);
  const schemas: Schemas = {
    wallet: ledger.database.schema,
    payment: payment.database.schema,
    withdrawal: withdrawal.database.schema,
  };
  return {
    brokenBy: async (...statements) => {
      const found = await findAfter(payment.database, schemas, statements, INVARIANTS);
      return found.filter(({ rows }) => rows.length > 0).map(({ name }) => name);
    },
    offendersAfter: async (statement, invariants) => {
      const found = await findAfter(payment.database, schemas, [statement], invariants);
      return found.flatMap(({ rows }) => rows);
    },
    query: (sql) => ledger.database.query(sql),
    stop: async () => {
      await ledger.stop();
      await payment.drop();
      await withdrawal.drop();
      await server.stop();
    },
  };
}

type Schemas = Readonly<Record<keyof Books, string>>;

/** Breaks, looks and rolls back on one connection, so that the books are whole for the next. */
async function findAfter(
  database: Database,
  schemas: Schemas,
  statements: readonly string[],
  invariants: readonly Invariant[],
): Promise<{ name: string; rows: readonly OffendingRow[] }[]> {
  const found: { name: string; rows: readonly OffendingRow[] }[] = [];
  const undo = new Error('looked at');
  await database
    .transaction(async (transaction) => {
      await transaction.write('SET SESSION check_constraint_checks = 0, SESSION foreign_key_checks = 0');
      for (const statement of statements) {
        const { affectedRows } = await transaction.write(
          statement
            .replaceAll('{w}', `\`${schemas.wallet}\``)
            .replaceAll('{p}', `\`${schemas.payment}\``)
            .replaceAll('{d}', `\`${schemas.withdrawal}\``),
        );
        if (affectedRows === 0) throw new Error(`Breaks nothing: ${statement}`);
      }
      const bookOf = (schema: string): Books['wallet'] => ({
        schema,
        query: async (sql, parameters) => {
          await transaction.query(`USE \`${schema}\``);
          return transaction.query(sql, parameters);
        },
      });
      const books = {
        wallet: bookOf(schemas.wallet),
        payment: bookOf(schemas.payment),
        withdrawal: bookOf(schemas.withdrawal),
      };
      for (const { name, findOffenders } of invariants) {
        const rows = await findOffenders(books);
        if (rows.length > ROW_LIMIT) throw new Error(`${name} prints ${rows.length} rows`);
        found.push({ name, rows });
      }
      await transaction.query(`USE \`${schemas.payment}\``);
      await transaction.write('SET SESSION check_constraint_checks = 1, SESSION foreign_key_checks = 1');
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found;
}

/** What the wallet has booked of the story that `writeOrders` tells. */
async function book({ ledger, outbox }: LedgerReplica, database: Database): Promise<void> {
  const log = Log.create('wallet', 'wallet-1', 'silent');
  const postings = new PostingAnnouncer(ledger, outbox, log);
  const recharges = new RechargeController(postings);
  const unowned = new UnownedController(postings);
  const refunds = new RefundController(ledger, postings, new TransferRepository(), database, log);
  const corrections = new ReconciliationController(postings);
  const paid = { merchantId: MERCHANT, paidAt: new Date(), fee: 300_000n };
  await recharges.creditPaidOrder({
    ...paid,
    orderId: '101',
    attemptId: '201',
    amount: 50n * YUAN,
    bonus: 5n * YUAN,
    channel: 'alipay',
    channelTradeNo: 'trade-201',
  });
  await recharges.creditPaidOrder({
    ...paid,
    orderId: '103',
    attemptId: '204',
    amount: 30n * YUAN,
    bonus: 0n,
    channel: 'wechat',
    channelTradeNo: 'trade-204',
  });
  for (const [attemptId, amount] of [
    ['202', 50n * YUAN],
    ['203', 40n * YUAN],
  ] as const) {
    const orderId = attemptId === '202' ? '101' : '102';
    const channel = 'wechat' as const;
    await unowned.receive({
      attemptId,
      orderId,
      amount,
      fee: 0n,
      channel,
      channelTradeNo: `trade-${attemptId}`,
    });
  }
  const wish = { orderId: '101', merchantId: MERCHANT };
  await refunds.hold({ ...wish, refundId: '301', amount: 20n * YUAN, bonus: 2n * YUAN });
  await refunds.hold({ ...wish, refundId: '302', amount: 10n * YUAN, bonus: YUAN });
  await refunds.hold({ ...wish, refundId: '303', amount: 5n * YUAN, bonus: 0n });
  const settled = { ...wish, attemptId: '201', channelRefundNo: null, channel: 'alipay' as const };
  const merchant = { ...settled, kind: 'merchant' as const };
  await refunds.settle({ ...merchant, refundId: '301', outcome: 'SUCCEEDED', amount: 20n * YUAN });
  await refunds.settle({ ...merchant, refundId: '302', outcome: 'FAILED', amount: 10n * YUAN });
  const duplicate = { ...settled, attemptId: '202', kind: 'duplicate' as const, channel: 'wechat' as const };
  await refunds.settle({ ...duplicate, refundId: '304', outcome: 'SUCCEEDED', amount: 50n * YUAN });
  const correction = { channel: 'alipay' as const, accountId: 'alipay-main', billDate: '2026-11-20' };
  // The same fee twice: the channel has corrected its bill.
  for (const [key, subject, difference] of [
    ['first', 'alipay-main:payment:201', 80_000n],
    ['second', 'alipay-main:payment:201', -30_000n],
    ['third', 'alipay-main:refund:301', -20_000n],
  ] as const)
    await corrections.correctFee({ ...correction, key, subject, difference });
  await corrections.writeOff({ differenceId: '1', channel: 'alipay', amount: -YUAN, reason: 'never found' });
}

/** An order paid twice and refunded in part, and one that was paid not as asked. */
async function writeOrders(database: Database, tables: typeof live): Promise<void> {
  await writeOrder(database, tables, {
    id: '101',
    attempt: '201',
    state: 'CREDITED',
    yuan: 50,
    channel: 'alipay',
  });
  await writeOrder(database, tables, {
    id: '102',
    attempt: '203',
    state: 'PAYING',
    yuan: 41,
    channel: 'wechat',
  });
  await database.write(
    `UPDATE \`${tables.orderDetails}\` SET \`refunded_amount\` = 20000000, \`refunding_amount\` = 5000000, \`bonus_amount\` = 5000000 WHERE \`order_id\` = 101`,
  );
  await writeAttempt(database, tables, {
    id: '201',
    order: '101',
    state: 'SUCCEEDED',
    yuan: 50,
    fee: 350_000,
    channel: 'alipay',
  });
  await writeAttempt(database, tables, {
    id: '202',
    order: '101',
    state: 'DUPLICATED',
    yuan: 50,
    fee: 0,
    channel: 'wechat',
  });
  await writeAttempt(database, tables, {
    id: '203',
    order: '102',
    state: 'CONFLICTED',
    yuan: 40,
    fee: 0,
    channel: 'wechat',
  });
  for (const [id, attempt, kind, state, yuan, bonus, fee, channel] of [
    [301, 201, 'merchant', 'SUCCEEDED', 20, 2, 20_000, 'alipay'],
    [302, 201, 'merchant', 'FAILED', 10, 1, 0, 'alipay'],
    [303, 201, 'merchant', 'PROCESSING', 5, 0, 0, 'alipay'],
    [304, 202, 'duplicate', 'SUCCEEDED', 50, 0, 0, 'wechat'],
  ] as const) {
    await database.write(
      `INSERT INTO \`${tables.refunds}\` (\`id\`, \`order_id\`, \`attempt_id\`, \`merchant_id\`, \`kind\`, \`state\`, \`channel\`, \`account_id\`, \`amount\`, \`bonus_amount\`, \`fee\`, \`reason\`, \`request_hash\`, \`created_at\`, \`updated_at\`)
       VALUES (?, 101, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '2026-11-20', '2026-11-20')`,
      [
        id,
        attempt,
        MERCHANT,
        kind,
        state,
        channel,
        `${channel}-main`,
        yuan * 1_000_000,
        bonus * 1_000_000,
        fee,
      ],
    );
  }
}

async function writeArchivedOrder(database: Database): Promise<void> {
  const tables = { ...live, ...archive };
  await writeOrder(database, tables, {
    id: '103',
    attempt: '204',
    state: 'CREDITED',
    yuan: 30,
    channel: 'wechat',
  });
  await writeAttempt(database, tables, {
    id: '204',
    order: '103',
    state: 'SUCCEEDED',
    yuan: 30,
    fee: 300_000,
    channel: 'wechat',
  });
}

async function writeOrder(
  database: Database,
  tables: typeof live,
  order: { id: string; attempt: string; state: string; yuan: number; channel: string },
): Promise<void> {
  await database.write(
    `INSERT INTO \`${tables.orders}\` (\`id\`, \`merchant_id\`, \`state\`, \`channel\`, \`request_hash\`, \`created_at\`, \`updated_at\`, \`expires_at\`) VALUES (?, ?, ?, ?, '', '2026-11-20', '2026-11-20', '2026-11-20')`,
    [order.id, MERCHANT, order.state, order.channel],
  );
  await database.write(
    `INSERT INTO \`${tables.orderDetails}\` (\`order_id\`, \`amount\`, \`method\`, \`subject\`, \`attempt_id\`) VALUES (?, ?, 'page', '', ?)`,
    [order.id, order.yuan * 1_000_000, order.attempt],
  );
}

async function writeAttempt(
  database: Database,
  tables: typeof live,
  attempt: { id: string; order: string; state: string; yuan: number; fee: number; channel: string },
): Promise<void> {
  const { id, order, channel, state, yuan, fee } = attempt;
  await database.write(
    `INSERT INTO \`${tables.attempts}\` (\`id\`, \`order_id\`, \`merchant_id\`, \`channel\`, \`account_id\`, \`method\`, \`state\`, \`amount\`, \`paid_amount\`, \`fee\`, \`channel_trade_no\`, \`created_at\`, \`updated_at\`, \`expires_at\`)
     VALUES (?, ?, ?, ?, ?, 'page', ?, ?, ?, ?, ?, '2026-11-20', '2026-11-20', '2026-11-20')`,
    [
      id,
      order,
      MERCHANT,
      channel,
      `${channel}-main`,
      state,
      yuan * 1_000_000,
      yuan * 1_000_000,
      fee,
      `trade-${id}`,
    ],
  );
}
