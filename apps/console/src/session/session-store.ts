import type { components } from '../api/schema.gen';

export type Account = components['schemas']['Account'];
export type SignedIn = components['schemas']['SignedIn'];
export type Permission = Account['permissions'][number];

export interface Session {
  readonly account: Account;
  readonly accessToken: string;
  /** By this device's clock, so that a wrong clock does not matter. */
  readonly accessTokenExpiresAtMs: number;
  readonly refreshToken: string;
}

/** `signed-out`: the person wanted it. */
export type SessionEnd = 'signed-out' | 'expired';

const STORAGE_KEY = 'clearbid.session';

/**
 * The session of this browser, shared by its tabs through localStorage.
 *
 * The trade-off: whatever script runs on this page can read localStorage, where an HttpOnly cookie would be out of
 * its reach. In exchange a reload and a second tab stay signed in, no request carries authority by itself (so there
 * is no cross-site request forgery to defend against), and one API serves browsers and programs alike. It is kept
 * tolerable by this: only our own scripts run here (the gateway's content security policy), access tokens live for
 * minutes, and a refresh token works once: a stolen one ends the session as soon as either side uses it again.
 */
class SessionStore {
  private current: Session | null = read();
  private lastEnd: SessionEnd | null = null;
  private readonly listeners = new Set<() => void>();

  constructor() {
    window.addEventListener('storage', (event) => {
      // `key` is null when another tab cleared everything.
      if (event.key === STORAGE_KEY || event.key === null) this.adopt(read());
    });
  }

  get = (): Session | null => this.current;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Past this tab's memory: another tab may have renewed the tokens a moment ago. */
  reread(): Session | null {
    this.adopt(read());
    return this.current;
  }

  start(signedIn: SignedIn): Session {
    const session: Session = {
      account: signedIn.account,
      accessToken: signedIn.accessToken,
      accessTokenExpiresAtMs: Date.now() + lifeMsOf(signedIn.accessToken),
      refreshToken: signedIn.refreshToken,
    };
    localStorage.setItem(STORAGE_KEY, JSON.stringify(session));
    this.adopt(session);
    return session;
  }

  end(reason: SessionEnd): void {
    this.lastEnd = reason;
    localStorage.removeItem(STORAGE_KEY);
    this.adopt(null);
  }

  /** Why nobody is signed in here; null when nobody was, or when another tab did it. */
  endedBecause(): SessionEnd | null {
    return this.lastEnd;
  }

  private adopt(session: Session | null): void {
    if (session?.accessToken === this.current?.accessToken) return;
    this.current = session;
    if (session !== null) this.lastEnd = null;
    for (const listener of this.listeners) listener();
  }
}

function read(): Session | null {
  try {
    const text = localStorage.getItem(STORAGE_KEY);
    return text === null ? null : (JSON.parse(text) as Session);
  } catch {
    return null;
  }
}

/** Both claims are of the server's clock, so their difference is right whatever this device's clock says. */
function lifeMsOf(accessToken: string): number {
  const payload = accessToken.split('.')[1] ?? '';
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as {
    iat: number;
    exp: number;
  };
  return (claims.exp - claims.iat) * 1000;
}

export const sessionStore = new SessionStore();
