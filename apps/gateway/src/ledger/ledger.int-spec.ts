import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, identity } from '#libs/contracts';
import { callApi, type ApiRequest } from '../testing/api-caller.js';
import { answerOperatorsOfTheLedger } from '../testing/ledger-samples.js';
import { aMerchant, anOperator } from '../testing/people.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';

const PEOPLE: Readonly<Record<string, identity.AccountKind>> = { '7': 'merchant', '8': 'traffic_owner' };
const A_MEBIBYTE = 1_048_576;

describe('the ledger over HTTP', () => {
  const operator = anOperator();
  let edge: TestEdge;
  let walletService: PlainService;
  let identityService: PlainService;
  let token: string;

  beforeAll(async () => {
    edge = await startTestEdge();
    token = await edge.signIn(operator);
    walletService = answerOperatorsOfTheLedger(new PlainService('wallet', edge.redisServer.url));
    identityService = new PlainService('identity', edge.redisServer.url).answer(
      identity.getOwner,
      async ({ accountId }) => {
        const kind = PEOPLE[accountId];
        if (kind === undefined) throw new DomainError('NOT_FOUND', `There is no account ${accountId}`);
        return { id: accountId, kind, displayName: 'Ada' };
      },
    );
    await Promise.all([walletService.start(), identityService.start()]);
  });
  afterEach(() => {
    walletService.received.length = 0;
  });
  afterAll(async () => {
    await Promise.all([walletService.stop(), identityService.stop()]);
    await edge.stop();
  });

  const file = (content: Buffer) => ({
    fileName: '账单 1.pdf',
    contentType: 'application/pdf',
    content: content.toString('base64'),
  });
  const WISH = {
    purpose: 'correction',
    account: 'merchant_cash',
    ownerId: '7',
    amount: '-50.000001',
    reason: 'booked twice',
  };
  const ask = (body: object, more: ApiRequest = {}) =>
    callApi(edge.url, 'POST /v1/admin/ledger/adjustments', {
      token,
      headers: { 'idempotency-key': 'once' },
      body,
      ...more,
    });
  const fieldsOf = ({ body }: { body: unknown }) =>
    ((body as { errors?: { field: string }[] }).errors ?? []).map(({ field }) => field);

  it('hands a wish with a file of a whole mebibyte to the wallet, byte for byte, for whoever asks', async () => {
    const content = Buffer.alloc(A_MEBIBYTE, 'clearbid');
    const answer = await ask({ ...WISH, attachment: file(content) });

    expect(answer).toMatchObject({ status: 201, body: { state: 'REQUESTED' } });
    const [received] = walletService.received;
    expect(received?.request).toMatchObject({
      operatorId: operator.accountId,
      idempotencyKey: 'once',
      amount: -50_000_001n,
      part: null,
      expiresAt: null,
      attachment: { fileName: '账单 1.pdf', contentType: 'application/pdf' },
    });
    const request = received?.request as { attachment: { content: Buffer } } | undefined;
    expect(request?.attachment.content.equals(content)).toBe(true);
  });

  it.each<[string, object, string[]]>([
    ['a file that is too large', { attachment: file(Buffer.alloc(A_MEBIBYTE + 1)) }, ['attachment.content']],
    ['no base64', { attachment: { ...file(Buffer.from('a')), content: 'YQ' } }, ['attachment.content']],
    [
      'a path and a program',
      {
        attachment: {
          ...file(Buffer.from('a')),
          fileName: '../passwd',
          contentType: 'text/html',
        },
      },
      ['attachment.fileName', 'attachment.contentType'],
    ],
    ['nothing', { amount: '0.00' }, ['amount']],
    ['a number', { amount: 50 }, ['amount']],
    ['more than can be', { amount: '-9999999999999.99' }, ['amount']],
    ['no reason, and an account of ours', { reason: ' a ', account: 'suspense' }, ['account', 'reason']],
    ['nobody', { ownerId: '9' }, ['ownerId']],
    ["a merchant's cash of a traffic owner", { ownerId: '8' }, ['ownerId']],
  ])('refuses %s by the name of the field, before the wallet hears of it', async (_what, more, fields) => {
    const answer = await ask({ ...WISH, ...more });
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual(fields);
    expect(walletService.received).toEqual([]);
  });

  it('refuses a wish without a key, and one that is longer than any file makes it', async () => {
    expect(fieldsOf(await ask(WISH, { headers: {} }))).toEqual(['idempotency-key']);
    const tooLong = await ask({ ...WISH, attachment: file(Buffer.alloc(2 * A_MEBIBYTE)) });
    expect(tooLong).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    const elsewhere = { token, body: { bankReference: 'x'.repeat(70_000) } };
    expect((await callApi(edge.url, 'POST /v1/admin/ledger/settlements', elsewhere)).status).toBe(413);
  });

  it('gives a document out to be saved, under its own name, and never shown', async () => {
    const { headers, body } = await callApi(edge.url, 'GET /v1/admin/ledger/adjustments/7/attachment', {
      token,
    });
    expect(body).toBe('%PDF-1.7');
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="letter.pdf"; filename*=UTF-8\'\'letter.pdf',
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('private, no-store');
  });

  it('takes the decision of whoever is signed in, and nobody else’s word for it', async () => {
    await callApi(edge.url, 'POST /v1/admin/ledger/adjustments/7/approve', { token });
    expect(walletService.received).toMatchObject([
      { request: { adjustmentId: '7', operatorId: operator.accountId } },
    ]);
    const pretended = await callApi(edge.url, 'POST /v1/admin/ledger/adjustments/7/approve', {
      token,
      body: { operatorId: '12' },
    });
    expect(pretended.status).toBe(400);
  });

  it('reads a line of the bank in either case as the same', async () => {
    const body = { channel: 'wechat', direction: 'top_up', amount: '100.00', valueDate: '2026-11-20' };
    await callApi(edge.url, 'POST /v1/admin/ledger/settlements', {
      token,
      body: { ...body, bankReference: ' ab-7 ' },
    });
    expect(walletService.received).toMatchObject([
      { request: { ...body, amount: 100_000_000n, fee: 0n, bankReference: 'AB-7' } },
    ]);
  });

  it.each<[string, `${string} /${string}`, identity.Permission]>([
    ['look at the book', 'GET /v1/admin/ledger/book', 'ledger:read'],
    ['read documents', 'GET /v1/admin/ledger/adjustments/7/attachment', 'ledger:read'],
    ['look at the checker', 'GET /v1/admin/ledger/checker', 'ledger:read'],
    ['settle findings', 'POST /v1/admin/ledger/findings/7/settle', 'ledger:settle'],
    ['record settlements', 'POST /v1/admin/ledger/settlements', 'ledger:settle'],
    ['ask for adjustments', 'POST /v1/admin/ledger/adjustments', 'adjustment:request'],
    ['approve', 'POST /v1/admin/ledger/adjustments/7/approve', 'adjustment:approve'],
    ['reject', 'POST /v1/admin/ledger/adjustments/7/reject', 'adjustment:approve'],
  ])('lets nobody %s without the permission for just that', async (_what, route, permission) => {
    const all = anOperator();
    const others = all.permissions.filter((each) => each !== permission);
    const without = await edge.signIn({ ...all, permissions: others });
    expect((await callApi(edge.url, route, { token: without })).status).toBe(403);
    expect((await callApi(edge.url, route, { token: await edge.signIn(aMerchant()) })).status).toBe(403);
    expect((await callApi(edge.url, route)).status).toBe(401);
    expect(walletService.received).toEqual([]);
  });
});
