import { expect } from '@jest/globals';
import type { Account, SignedIn } from '#libs/testing';
import type { QuietWorld } from '../quiet/quiet-world.js';

interface SessionView {
  readonly id: string;
  readonly current: boolean;
  readonly userAgent: string;
}

/** Sessions, as two gateways see them. */
export class SignInWorld {
  constructor(private readonly world: QuietWorld) {}

  get stack() {
    return this.world.stack;
  }

  get api() {
    return this.world.api;
  }

  refresh(refreshToken: string) {
    return this.api.send<SignedIn & { code?: string }>('POST', '/v1/auth/refresh', {
      body: { refreshToken },
    });
  }

  async expectLives(account: Account): Promise<void> {
    for (const replica of [0, 1]) {
      expect((await account.at(replica).send('GET', '/v1/me')).status).toBe(200);
    }
  }

  /** Over on every gateway, at once. */
  async expectEnded(account: Account): Promise<void> {
    for (const replica of [0, 1]) {
      const { status, body } = await account.at(replica).send<{ code: string }>('GET', '/v1/me');
      expect({ replica, status, code: body.code }).toEqual({ replica, status: 401, code: 'SESSION_ENDED' });
    }
  }

  async sessionsOf(account: Account): Promise<readonly SessionView[]> {
    return (await account.call<{ items: SessionView[] }>('GET', '/v1/auth/sessions')).items;
  }
}
