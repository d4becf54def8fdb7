import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError, payment, wallet } from '#libs/contracts';
import { parse } from 'csv-parse/sync';
import { callApi } from '../testing/api-caller.js';
import { aMerchant, anOperator } from '../testing/people.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';
import { anEntry } from '../testing/wallet-samples.js';

const ENTRIES = 2_345;
const REFUND = '1077389205120450222';
const RECHARGE = '1077389205120450111';
/** A reference that a spreadsheet would run. */
const FORMULA = '=HYPERLINK("https://evil.test")';

describe('statements at the gateway', () => {
  let edge: TestEdge;
  let services: PlainService[];
  let walletService: PlainService;
  let isPaymentUp = true;
  const mine = aMerchant();
  let token: string;

  /** One yuan more each time; every hundredth is a refund. */
  const entryOf = (seq: number): wallet.WalletEntry =>
    anEntry({
      seq,
      amount: seq % 100 === 0 ? -1_000_000n : 1_000_000n,
      balanceAfter: BigInt(seq) * 1_000_000n,
      kind: seq % 100 === 0 ? 'refund_hold' : 'recharge',
      reference: seq === 5 ? FORMULA : seq % 100 === 0 ? REFUND : RECHARGE,
    });

  beforeAll(async () => {
    edge = await startTestEdge();
    walletService = new PlainService('wallet', edge.redisServer.url)
      .answer(wallet.listEntries, async ({ part, afterSeq = 0, limit }) => {
        if (part !== undefined) throw new DomainError('NOT_FOUND', `There is no account of ${part} here`);
        const last = Math.min(afterSeq + limit, ENTRIES + 10);
        const items = Array.from({ length: last - afterSeq }, (_, index) => entryOf(afterSeq + index + 1));
        return { items, nextCursor: last < ENTRIES + 10 ? String(last) : null };
      })
      .answer(wallet.summarizeStatement, async ({ part }) => {
        if (part !== undefined) throw new DomainError('NOT_FOUND', `There is no account of ${part} here`);
        return {
          opening: 0n,
          closing: BigInt(ENTRIES) * 1_000_000n,
          credits: 0n,
          debits: 0n,
          firstSeq: 1,
          lastSeq: ENTRIES,
        };
      })
      .answer(wallet.getTransfer, async ({ transferId, ownerId }) => {
        if (ownerId !== null && ownerId !== mine.accountId)
          throw new DomainError('NOT_FOUND', `There is no transfer ${transferId} here`);
        const cause = wallet.causeOf('refund_hold', REFUND);
        const entry = { ownerId, account: 'merchant_cash', part: null, seq: 1, amount: 1n, balanceAfter: 1n };
        const { createdAt } = anEntry();
        return {
          id: transferId,
          kind: 'refund_hold' as const,
          reference: REFUND,
          cause,
          createdAt,
          entries: [entry],
        };
      });
    const paymentService = new PlainService('payment', edge.redisServer.url).answer(
      payment.findRefundOrders,
      async ({ refundIds }) => {
        if (!isPaymentUp) throw new DomainError('UNAVAILABLE', 'Payment is not there');
        return { items: refundIds.map((refundId) => ({ refundId, rechargeId: RECHARGE })) };
      },
    );
    services = [walletService, paymentService];
    await Promise.all(services.map((service) => service.start()));
    token = await edge.signIn(mine);
  });
  beforeEach(() => void walletService.received.splice(0));
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await edge.stop();
  });

  const get = (path: `/${string}`, as = token) => callApi(edge.url, `GET ${path}`, { token: as });

  it('are the caller’s own, whoever is named: an owner can’t be asked for', async () => {
    const answer = await get(`/v1/wallet/entries?ownerId=${aMerchant().accountId}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    await get('/v1/wallet/entries?limit=1');
    expect(walletService.received).toMatchObject([
      { request: { ownerId: mine.accountId, account: 'merchant_cash' }, context: { principal: mine } },
    ]);
  });

  it('begin with what can be withdrawn, for a traffic owner', async () => {
    const owner = aMerchant({ kind: 'traffic_owner' });
    await get('/v1/wallet/entries?limit=1', await edge.signIn(owner));
    expect(walletService.received).toMatchObject([
      { request: { ownerId: owner.accountId, account: 'traffic_available' } },
    ]);
  });

  it('of an account that is not the caller’s are 404, also as a download', async () => {
    for (const path of ['entries', 'statement', 'statement.csv'] as const) {
      const answer = await get(`/v1/wallet/${path}?account=campaign_cash&part=88`);
      expect([path, answer.status, answer.body]).toEqual([
        path,
        404,
        expect.objectContaining({ code: 'NOT_FOUND' }),
      ]);
    }
  });

  it('lead to what caused each entry: a refund to its recharge', async () => {
    const { body } = await get('/v1/wallet/entries?limit=100');
    const { items } = body as { items: { kind: string; cause: unknown }[] };
    expect(items[0]?.cause).toEqual({ type: 'order', id: RECHARGE, orderId: RECHARGE });
    expect(items[99]?.cause).toEqual({ type: 'refund', id: REFUND, orderId: RECHARGE });
  });

  it('are there without payment, too', async () => {
    isPaymentUp = false;
    const { status, body } = await get('/v1/wallet/entries?limit=100');
    isPaymentUp = true;
    expect(status).toBe(200);
    expect((body as { items: unknown[] }).items[99]).toMatchObject({
      cause: { type: 'refund', id: REFUND, orderId: null },
    });
  });

  it('are downloaded whole, in lines that sum up and that no spreadsheet runs', async () => {
    const { status, headers, body } = await get('/v1/wallet/statement.csv?from=2026-11-01T00:00:00.000Z');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="statement-merchant_cash-2026-11-01.csv"',
    );
    const rows = parse<Record<string, string>>(body as string, { columns: true, bom: true });
    const [opening, closing] = [rows[0], rows.at(-1)];
    expect([opening?.['kind'], opening?.['balance after']]).toEqual(['opening balance', '0.00']);
    expect([closing?.['kind'], closing?.['balance after']]).toEqual(['closing balance', `${ENTRIES}.00`]);
    // What was posted while it was downloaded is not in it.
    const numbers = rows.slice(1, -1).map((row) => Number(row['no']));
    expect(numbers).toEqual(Array.from({ length: ENTRIES }, (_, index) => index + 1));
    expect(rows[5]?.['reference']).toBe(`'${FORMULA}`);
    expect(rows[100]).toMatchObject({ amount: '-1.00', reference: REFUND });
    const pages = walletService.received.filter(({ pattern }) => pattern === wallet.listEntries.pattern);
    expect(pages).toHaveLength(3);
  });

  it('lead to transfers: one’s own, and for operators everybody’s', async () => {
    const path = '/v1/wallet/transfers/6';
    expect(await get(path)).toMatchObject({ status: 200, body: { cause: { orderId: RECHARGE } } });
    expect(await get(path, await edge.signIn(aMerchant()))).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    const any = '/v1/admin/ledger/transfers/6';
    expect(await get(any)).toMatchObject({ status: 403 });
    expect(await get(any, await edge.signIn(anOperator()))).toMatchObject({
      status: 200,
      body: { entries: [{ ownerId: null }] },
    });
  });
});
