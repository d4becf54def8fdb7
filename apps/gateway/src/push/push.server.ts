import type { Server as HttpServer } from 'node:http';
import { DomainError, type identity } from '#libs/contracts';
import { Log, Metrics } from '#libs/service';
import type { AccessTokenClaims } from '#libs/sessions';
import { newRequestId, runInContext } from '#libs/transport';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Server, type DefaultEventsMap, type Socket } from 'socket.io';
import type { z } from 'zod';
import { AccessTokens } from '../access/access-tokens.js';
import { Authenticator } from '../access/authenticator.js';
import { RateLimits } from '../access/rate-limits.js';
import { GatewayConfig } from '../gateway.config.js';
import type { Problem } from '../problems/problem.js';
import { problemOf, refusalOf } from '../problems/problem-of.js';
import { PageResume } from './page-resume.js';
import type { rechargeChanged, resumed, walletChanged, withdrawalChanged } from './push-messages.js';
import { ReplicaStream } from './replica-stream.js';

const PATH = '/socket.io';
const PING_INTERVAL_MS = 15_000;
const PING_TIMEOUT_MS = 10_000;
/** A page only ever sends `resume`; whatever is larger is no page. */
const MAX_MESSAGE_BYTES = 4_096;
/** So that thousands of pages don't ask Redis, or after its loss identity, in one breath. */
const RECHECKED_AT_ONCE = 100;
/** A room that nobody is in; see `tick`. */
const NOBODY = 'nobody';

type Acknowledge = (answer: z.input<typeof resumed> | Problem) => void;

interface FromPage {
  resume: (request: unknown, acknowledge: Acknowledge) => void;
}

interface ToPage {
  'wallet.changed': (message: z.input<typeof walletChanged>) => void;
  'recharge.changed': (message: z.input<typeof rechargeChanged>) => void;
  'withdrawal.changed': (message: z.input<typeof withdrawalChanged>) => void;
}

interface SocketData {
  claims: AccessTokenClaims;
  principal: identity.Principal;
}

type PageServer = Server<FromPage, ToPage, DefaultEventsMap, SocketData>;
type Page = Socket<FromPage, ToPage, DefaultEventsMap, SocketData>;

/**
 * Tells open pages what changed. Nothing depends on it: what a page misses it asks for with `resume`. An event
 * reaches one replica of the gateway; a Redis stream between the replicas carries it to the one that holds the page.
 */
@Injectable()
export class PushServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly io: PageServer;
  private readonly replicas: ReplicaStream;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly config: GatewayConfig,
    private readonly tokens: AccessTokens,
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
    private readonly resume: PageResume,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.replicas = new ReplicaStream(config.environment.REDIS_URL);
    this.io = new Server({
      path: PATH,
      // Long polling would need sticky sessions.
      transports: ['websocket'],
      serveClient: false,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
    });
    const open = metrics.gauge('push_pages', 'Pages connected to this replica');
    this.io.on('connection', (page) => {
      open.inc();
      page.on('disconnect', () => open.dec());
    });
  }

  onApplicationBootstrap(): void {
    this.io.adapter(this.replicas.adapter());
    this.io.use((page, next) => {
      this.signIn(page).then(
        () => next(),
        (error: unknown) => next(connectionError(error)),
      );
    });
    this.io.on('connection', (page) => this.welcome(page));
    this.io.attach(this.http.httpAdapter.getHttpServer() as HttpServer);
    this.tickLater();
  }

  /** Before the HTTP server closes, which waits for every connection. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    this.io.local.disconnectSockets(true);
    await this.io.of('/').adapter.close();
    this.io.engine.close();
    this.replicas.close();
  }

  walletsChanged(ownerIds: readonly string[], message: z.input<typeof walletChanged>): void {
    this.io.to(ownerIds.map((ownerId) => roomOf('wallet', ownerId))).emit('wallet.changed', message);
  }

  rechargeChanged(merchantId: string, message: z.input<typeof rechargeChanged>): void {
    this.io.to(roomOf('recharges', merchantId)).emit('recharge.changed', message);
  }

  withdrawalChanged(ownerId: string, message: z.input<typeof withdrawalChanged>): void {
    this.io.to(roomOf('withdrawals', ownerId)).emit('withdrawal.changed', message);
  }

  private async signIn(page: Page): Promise<void> {
    const { token } = page.handshake.auth as { token?: unknown };
    const claims = await this.tokens.verify(typeof token === 'string' ? `Bearer ${token}` : undefined);
    await this.limits.admitAccount(claims.sub);
    page.data = { claims, principal: await this.principalOf(claims) };
  }

  private welcome(page: Page): void {
    const { accountId, permissions } = page.data.principal;
    if (permissions.includes('wallet:read')) void page.join(roomOf('wallet', accountId));
    if (permissions.includes('recharge:read')) void page.join(roomOf('recharges', accountId));
    if (permissions.includes('withdrawal:read')) void page.join(roomOf('withdrawals', accountId));
    page.on('resume', (request, acknowledge) => {
      if (typeof acknowledge !== 'function') return;
      this.answer(page, request).then(acknowledge, (error: unknown) => acknowledge(this.problem(error)));
    });
  }

  private async answer(page: Page, request: unknown): Promise<z.input<typeof resumed>> {
    const { claims } = page.data;
    await this.limits.admitAccount(claims.sub);
    await this.recheck(page);
    const { principal } = page.data;
    return runInContext({ requestId: newRequestId(), principal }, () =>
      this.resume.answer(principal, request),
    );
  }

  private async recheckAll(): Promise<void> {
    const pages = [...this.io.of('/').sockets.values()];
    for (let start = 0; start < pages.length; start += RECHECKED_AT_ONCE) {
      await Promise.all(
        pages.slice(start, start + RECHECKED_AT_ONCE).map((page) => this.recheckQuietly(page)),
      );
    }
  }

  /** A page is thrown out when its session is over, and not because nobody can tell right now. */
  private async recheckQuietly(page: Page): Promise<void> {
    try {
      await this.recheck(page);
    } catch (error) {
      if (page.connected) this.log.debug({ err: error }, 'The session of an open page could not be checked');
    }
  }

  /** Throws out a page whose session has ended. */
  private async recheck(page: Page): Promise<void> {
    try {
      page.data.principal = await this.principalOf(page.data.claims);
    } catch (error) {
      if (DomainError.is(error) && error.status === 401) page.disconnect(true);
      throw error;
    }
  }

  private principalOf(claims: AccessTokenClaims): Promise<identity.Principal> {
    return runInContext({ requestId: newRequestId() }, () => this.authenticator.principalOf(claims));
  }

  /** The next tick is counted from the end of this one: with many pages it may take its time. */
  private tickLater(): void {
    if (this.stopping) return;
    const everyMs = this.config.environment.PUSH_SESSION_CHECK_MS;
    this.timer = setTimeout(() => void this.tick().finally(() => this.tickLater()), everyMs).unref();
  }

  private async tick(): Promise<void> {
    // A reader that has read nothing yet asks for "what comes after now" again and again, and misses what comes
    // between two askings. One message gives it a place to go on from.
    this.io.to(NOBODY).emit('recharge.changed', { id: '1', state: 'CREATED' });
    await this.recheckAll();
  }

  private problem(error: unknown): Problem {
    const refusal = refusalOf(error);
    if (refusal.code === 'INTERNAL') this.log.error({ err: error }, 'A page could not be answered');
    return problemOf(refusal, { path: PATH, requestId: newRequestId() });
  }
}

type RoomKind = 'wallet' | 'recharges' | 'withdrawals';
type Room = `${RoomKind}:${string}`;

function roomOf(kind: RoomKind, accountId: string): Room {
  return `${kind}:${accountId}`;
}

/** What the page's `connect_error` shows: the code as message, the problem document as `data`. */
function connectionError(error: unknown): Error {
  const refusal = refusalOf(error);
  return Object.assign(new Error(refusal.code), {
    data: problemOf(refusal, { path: PATH, requestId: newRequestId() }),
  });
}
