import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SignInFailuresRepository } from '../sign-in/sign-in-failures.repository.js';
import { RefreshTokensRepository } from '../tokens/refresh-tokens.repository.js';

const EVERY_MS = 10 * 60_000;
/** Small, so that nobody waits long for a row lock. */
const BATCH = 500;
/** How long a session can be looked up after it is over. */
const KEEP_SESSIONS_MS = 90 * 86_400_000;

/**
 * Deletes what has stopped to mean anything. Whoever guesses can make a row per guess, and every open browser makes
 * 144 refresh tokens a day. All replicas do it; a row that another one has deleted is simply gone.
 */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly failures: SignInFailuresRepository,
    private readonly tokens: RefreshTokensRepository,
    private readonly sessions: SessionsRepository,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.clean()
        .then((deleted) => this.log.debug({ ...deleted }, 'Deleted what has expired'))
        .catch((error: unknown) => this.log.warn({ err: error }, 'What has expired was not deleted: later'))
        .finally(() => {
          this.running = undefined;
        });
    }, EVERY_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** @returns how many rows of each kind were deleted. */
  async clean(): Promise<{ failures: number; tokens: number; sessions: number }> {
    const now = this.clock.now();
    const endOfKeeping = new Date(now.getTime() - KEEP_SESSIONS_MS);
    return {
      failures: await this.inBatches(() => this.failures.deleteForgotten(now, BATCH)),
      tokens: await this.inBatches(() => this.tokens.deleteExpired(this.database, now, BATCH)),
      sessions: await this.inBatches(() => this.sessions.deleteExpired(this.database, endOfKeeping, BATCH)),
    };
  }

  private async inBatches(deleteBatch: () => Promise<number>): Promise<number> {
    let total = 0;
    let deleted: number;
    do {
      deleted = await deleteBatch();
      total += deleted;
    } while (deleted === BATCH && !this.stopping);
    return total;
  }
}
