import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, identity, payment, wallet } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { io, type Socket } from 'socket.io-client';
import { aMerchant, anOperator, someId } from '../testing/people.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';

const POSTED_AT = new Date('2026-11-20T08:31:00.000Z');

describe('open pages', () => {
  const open: Socket[] = [];
  const book = new Map<string, wallet.WalletEntry[]>();
  let edge: TestEdge;
  let second: { url: string };
  let walletService: PlainService;
  let identityService: PlainService;

  beforeAll(async () => {
    edge = await startTestEdge({ PUSH_SESSION_CHECK_MS: '100' });
    second = await edge.replica('gateway-2');
    walletService = new PlainService('wallet', edge.redisServer.url)
      .answer(wallet.getWallet, async ({ ownerId }) => {
        const entries = book.get(ownerId) ?? [];
        const posted = entries.at(-1)?.balanceAfter ?? 0n;
        return {
          ownerId,
          accounts: [
            { kind: 'merchant_cash' as const, posted, held: 0n, available: posted, version: entries.length },
          ],
        };
      })
      .answer(wallet.listEntries, async ({ ownerId, afterSeq = 0, cursor, limit }) => {
        const wanted = (book.get(ownerId) ?? [])
          .filter(({ seq }) => seq > afterSeq && seq < Number(cursor ?? Infinity))
          .toReversed();
        const items = wanted.slice(0, limit);
        return { items, nextCursor: wanted.length > limit ? String(items.at(-1)?.seq) : null };
      });
    identityService = new PlainService('identity', edge.redisServer.url).answer(
      identity.resolveSession,
      async () => {
        throw new DomainError('SESSION_ENDED', 'That session has ended: sign in again');
      },
    );
    await Promise.all([walletService.start(), identityService.start()]);
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.disconnect();
  });
  afterAll(async () => {
    await Promise.all([walletService.stop(), identityService.stop()]);
    await edge.stop();
  });

  function page(token: string | undefined, url = edge.url): Socket {
    const socket = io(url, {
      transports: ['websocket'],
      auth: { token },
      forceNew: true,
      reconnection: false,
    });
    open.push(socket);
    return socket;
  }
  async function openPage(principal: identity.Principal, url?: string) {
    const socket = page(await edge.signIn(principal), url);
    const heard: [string, unknown][] = [];
    socket.onAny((event: string, message: unknown) => heard.push([event, message]));
    await eventually('the page is connected', () => socket.connected);
    return { socket, heard };
  }
  function recharged(ownerId: string, seq: number, balanceAfter: bigint) {
    const amount = 50_000_000n;
    return edge.events.publish(wallet.transferPosted, {
      transferId: '1077389205120450999',
      kind: 'recharge',
      reference: '1077389205120450111',
      postedAt: POSTED_AT,
      entries: [
        {
          ownerId: null,
          account: 'alipay_clearing',
          seq: 900,
          amount: -amount,
          balanceAfter: -9_000_000_000n,
        },
        { ownerId, account: 'merchant_cash', seq, amount, balanceAfter },
      ],
    });
  }
  const credit = (count: number): wallet.WalletEntry[] =>
    Array.from({ length: count }, (_, index) => ({
      account: 'merchant_cash',
      seq: index + 1,
      transferId: someId(),
      kind: 'recharge',
      amount: 1_000_000n,
      balanceAfter: BigInt(index + 1) * 1_000_000n,
      reference: someId(),
      createdAt: POSTED_AT,
    }));

  it('hear of their own money on whichever replica they are, once, and of nobody else’s', async () => {
    const merchant = aMerchant();
    const other = aMerchant();
    const here = await openPage(merchant);
    const there = await openPage(merchant, second.url);
    const stranger = await openPage(other);

    await recharged(merchant.accountId, 3, 150_000_000n);
    await recharged(other.accountId, 1, 50_000_000n);

    await eventually('both pages and the stranger have heard', () =>
      [here, there, stranger].every(({ heard }) => heard.length > 0),
    );
    const message = {
      accounts: [{ kind: 'merchant_cash', balance: '150.00', lastSeq: 3 }],
      entries: [
        {
          account: 'merchant_cash',
          seq: 3,
          transferId: '1077389205120450999',
          kind: 'recharge',
          amount: '50.00',
          balanceAfter: '150.00',
          reference: '1077389205120450111',
          createdAt: '2026-11-20T08:31:00.000Z',
        },
      ],
      stale: [],
    };
    expect(here.heard).toEqual([['wallet.changed', message]]);
    expect(there.heard).toEqual([['wallet.changed', message]]);
    expect(stranger.heard).toMatchObject([['wallet.changed', { accounts: [{ balance: '50.00' }] }]]);
  });

  it('hear of spends once each, on whichever replica they are, and nobody else does', async () => {
    const [merchant, earner, stranger] = [aMerchant(), aMerchant(), aMerchant()];
    const pages = [await openPage(merchant), await openPage(earner, second.url), await openPage(stranger)];

    await edge.events.publish(wallet.spendsPosted, {
      postedAt: POSTED_AT,
      owners: [
        { ownerId: merchant.accountId, accounts: ['campaign_cash'] },
        { ownerId: earner.accountId, accounts: ['traffic_pending'] },
      ],
    });
    await eventually('both have heard', () => pages.slice(0, 2).every(({ heard }) => heard.length > 0));
    await recharged(stranger.accountId, 1, 50_000_000n);
    await eventually('the stranger has heard of something later', () => (pages[2]?.heard.length ?? 0) > 0);

    const nothing = { accounts: [], entries: [] };
    expect(pages.map(({ heard }) => heard)).toMatchObject([
      [['wallet.changed', { ...nothing, stale: ['campaign_cash'] }]],
      [['wallet.changed', { ...nothing, stale: ['traffic_pending'] }]],
      [['wallet.changed', { accounts: [{ balance: '50.00' }] }]],
    ]);
  });

  it('hear that an order changed', async () => {
    const merchant = aMerchant();
    const { heard } = await openPage(merchant);

    await edge.events.publish(payment.orderChanged, {
      orderId: '1077389205120450112',
      merchantId: merchant.accountId,
      state: 'PAID',
    });

    await eventually('the page has heard', () => heard.length > 0);
    expect(heard).toEqual([['recharge.changed', { id: '1077389205120450112', state: 'PAID' }]]);
  });

  it('get everything that they missed when they come back, oldest first, and the wallet as it is', async () => {
    const merchant = aMerchant();
    book.set(merchant.accountId, credit(250));
    const { socket } = await openPage(merchant);

    const answer = (await socket.emitWithAck('resume', { afterSeq: 30 })) as {
      entries: { seq: number; amount: string }[];
    };

    expect(answer).toMatchObject({
      wallet: { currency: 'CNY', accounts: [{ balance: '250.00', available: '250.00', lastSeq: 250 }] },
      complete: true,
    });
    expect(answer.entries.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 220 }, (_, index) => index + 31),
    );
    expect(answer.entries[0]).toMatchObject({ seq: 31, amount: '1.00' });
  });

  it('are told when they missed more than is worth sending', async () => {
    const merchant = aMerchant();
    book.set(merchant.accountId, credit(700));
    const { socket } = await openPage(merchant);

    expect(await socket.emitWithAck('resume', { afterSeq: 0 })).toMatchObject({ complete: false });
  });

  it.each([[undefined], [{}], [{ afterSeq: -1 }], [{ afterSeq: '3' }], [{ afterSeq: 1, account: 'x' }]])(
    'are told what is wrong with resume %j',
    async (request) => {
      const { socket } = await openPage(aMerchant());
      expect(await socket.emitWithAck('resume', request)).toMatchObject({
        code: 'VALIDATION_FAILED',
        status: 400,
      });
    },
  );

  it('of a traffic owner catch up with what can be withdrawn', async () => {
    const owner = aMerchant({ kind: 'traffic_owner' });
    book.set(
      owner.accountId,
      credit(3).map((entry) => ({ ...entry, account: 'traffic_available', kind: 'maturity' })),
    );
    const { socket } = await openPage(owner);
    const answer = (await socket.emitWithAck('resume', { afterSeq: 1 })) as { entries: { seq: number }[] };

    expect(answer.entries.map(({ seq }) => seq)).toEqual([2, 3]);
    const asked = walletService.received.findLast(({ pattern }) => pattern === wallet.listEntries.pattern);
    expect(asked?.request).toMatchObject({ ownerId: owner.accountId, account: 'traffic_available' });
  });

  it('get no wallet without the permission', async () => {
    const { socket } = await openPage(anOperator());
    expect(await socket.emitWithAck('resume', { afterSeq: 0 })).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([[undefined], ['nonsense']])('are not let in with the token %j', async (token) => {
    const socket = page(token);
    const refusals: (Error & { data?: unknown })[] = [];
    socket.on('connect_error', (error) => refusals.push(error));

    await eventually('the page is refused', () => refusals.length > 0);
    expect(refusals[0]?.message).toBe('UNAUTHENTICATED');
    expect(refusals[0]?.data).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('are thrown out soon after the session has ended', async () => {
    const merchant = aMerchant();
    const { socket } = await openPage(merchant);

    await edge.sessions.end(merchant.sessionId);

    await eventually('the page is thrown out', () => socket.disconnected);
  });

  it('are thrown out when a session ended while Redis forgot it', async () => {
    const merchant = aMerchant();
    const { socket } = await openPage(merchant, second.url);

    await edge.redis.del(`clearbid:{session:${merchant.sessionId}}`);

    await eventually('the page is thrown out', () => socket.disconnected);
  });

  it('can not be opened by polling, which would need every request to meet the same replica', async () => {
    const answer = await fetch(`${edge.url}/socket.io/?EIO=4&transport=polling`);
    expect(answer.status).toBe(400);
  });

  // Last: it takes the ground from under all pages.
  it('stay while Redis is away, and hear again when it is back', async () => {
    const merchant = aMerchant();
    const { socket, heard } = await openPage(merchant);

    await edge.redisServer.kill();
    await edge.redisServer.restart();
    await edge.sessions.put(merchant, new Date(Date.now() + 60_000));

    await eventually(
      'the page hears again',
      async () => {
        await recharged(merchant.accountId, 1, 50_000_000n);
        return heard.length > 0;
      },
      { withinMs: 20_000 },
    );
    expect(socket.connected).toBe(true);
  }, 30_000);
});
