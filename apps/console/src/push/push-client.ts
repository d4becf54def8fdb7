import type { QueryClient } from '@tanstack/react-query';
import { io, type Socket } from 'socket.io-client';
import { accessToken, renew } from '../session/access-token';
import { sessionStore } from '../session/session-store';
import { queryKeys } from '../api/query-keys';
import { connectionStatus } from './connection-status';
import type { PageToServer, Resumed, ServerToPage } from './push-messages';
import { applyRechargeChange, applyResumed, applyWalletChange, knownSeq } from './wallet-cache';
import { applyEarningsChange, applyWithdrawalChange } from './withdrawal-cache';

const RESUME_TIMEOUT_MS = 10_000;
const RECONNECT_DELAY_MS = 1_000;
const RECONNECT_DELAY_MAX_MS = 15_000;
const REFUSED = new Set(['UNAUTHENTICATED', 'SESSION_ENDED']);

/**
 * Keeps the pages' answers fresh while they are open. The gateway pings, so a dead line is noticed within half a
 * minute; whatever was missed meanwhile is asked for with `resume`, after every connection and whenever the tab is
 * looked at again (a laptop that slept has missed things without noticing).
 */
export class PushClient {
  private readonly socket: Socket<ServerToPage, PageToServer>;
  private shownToken: string | null = null;
  private reconnect: ReturnType<typeof setTimeout> | undefined;
  private refusals = 0;

  constructor(private readonly queries: QueryClient) {
    this.socket = io({
      transports: ['websocket'],
      autoConnect: false,
      reconnectionDelay: RECONNECT_DELAY_MS,
      reconnectionDelayMax: RECONNECT_DELAY_MAX_MS,
      auth: (give) => void this.authenticate().then(give),
    });
    this.socket.on('connect', () => this.onConnect());
    this.socket.on('disconnect', (reason) => this.onDisconnect(reason));
    this.socket.on('connect_error', (error) => void this.onRefusal(error.message));
    this.socket.on('wallet.changed', (change) => {
      applyWalletChange(queries, change);
      applyEarningsChange(queries);
    });
    this.socket.on('recharge.changed', (change) => applyRechargeChange(queries, change));
    this.socket.on('withdrawal.changed', () => applyWithdrawalChange(queries));
  }

  start(): void {
    connectionStatus.set('connecting');
    document.addEventListener('visibilitychange', this.onVisible);
    window.addEventListener('online', this.onVisible);
    this.socket.connect();
  }

  stop(): void {
    clearTimeout(this.reconnect);
    document.removeEventListener('visibilitychange', this.onVisible);
    window.removeEventListener('online', this.onVisible);
    this.socket.off();
    this.socket.disconnect();
    connectionStatus.set('connecting');
  }

  private async authenticate(): Promise<{ token: string | null }> {
    // While the API can't be reached a token can't be renewed either; the old one is refused, and tried again.
    this.shownToken = await accessToken().catch(() => sessionStore.get()?.accessToken ?? null);
    return { token: this.shownToken };
  }

  private onConnect(): void {
    this.refusals = 0;
    connectionStatus.set('live');
    void this.catchUp();
  }

  private onDisconnect(reason: Socket.DisconnectReason): void {
    connectionStatus.set('reconnecting');
    // Socket.IO comes back by itself, unless the server hung up: then the session may be over, or a replica is.
    if (reason === 'io server disconnect') this.connectSoon();
  }

  private async onRefusal(code: string): Promise<void> {
    connectionStatus.set('reconnecting');
    if (this.socket.active) return;
    if (REFUSED.has(code) && this.shownToken !== null) await renew(this.shownToken).catch(() => null);
    if (sessionStore.get() !== null) this.connectSoon();
  }

  private connectSoon(): void {
    clearTimeout(this.reconnect);
    const delayMs = Math.min(RECONNECT_DELAY_MS * 2 ** this.refusals, RECONNECT_DELAY_MAX_MS);
    this.refusals += 1;
    this.reconnect = setTimeout(() => this.socket.connect(), delayMs * (0.5 + Math.random()));
  }

  private readonly onVisible = (): void => {
    if (document.visibilityState !== 'visible') return;
    if (this.socket.connected) void this.catchUp();
    else if (!this.socket.active) this.socket.connect();
  };

  private async catchUp(): Promise<void> {
    void this.queries.invalidateQueries({ queryKey: queryKeys.recharges });
    applyWithdrawalChange(this.queries);
    if (sessionStore.get()?.account.permissions.includes('wallet:read') !== true) return;
    const afterSeq = knownSeq(this.queries);
    if (afterSeq === undefined) {
      // The first answer may be on its way, read before this line was open: ask again, now that nothing is missed.
      void this.queries.invalidateQueries({ queryKey: queryKeys.wallet });
      return;
    }
    const answer: unknown = await this.socket
      .timeout(RESUME_TIMEOUT_MS)
      .emitWithAck('resume', { afterSeq })
      .catch(() => null);
    if (isResumed(answer)) applyResumed(this.queries, answer);
    else void this.queries.invalidateQueries({ queryKey: queryKeys.wallet });
  }
}

/** A refusal is a problem document; no answer at all is null. */
function isResumed(answer: unknown): answer is Resumed {
  return typeof answer === 'object' && answer !== null && 'wallet' in answer;
}
