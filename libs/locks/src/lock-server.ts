import type { Redis } from 'ioredis';
import type Redlock from 'redlock';

type Callback = Redlock.Callback<unknown>;
type Argument = string | number;

/**
 * One Redis as the redlock library sees it (callbacks, two commands), during one acquisition: answers come within a
 * time-out whatever the connection does, and it is known whether they came. Needed because the library takes "no
 * answer" and "no" for the same, and waits for either as long as the client lets it.
 */
export class LockServer {
  private failed = false;

  constructor(
    private readonly redis: Redis,
    private readonly timeoutMs: number,
  ) {}

  /** Whether everything since `beginAttempt` was answered. */
  get answers(): boolean {
    return !this.failed;
  }

  beginAttempt(): void {
    this.failed = false;
  }

  evalsha(hash: string, args: readonly Argument[], callback: Callback): void {
    const [keyCount = 0, ...rest] = args;
    this.send(() => this.redis.evalsha(hash, keyCount, ...rest), callback);
  }

  /** @param args the script comes first. */
  eval(args: readonly Argument[], callback: Callback): void {
    const [script = '', keyCount = 0, ...rest] = args;
    this.send(() => this.redis.eval(String(script), keyCount, ...rest), callback);
  }

  private send(command: () => Promise<unknown>, callback: Callback): void {
    // With an offline queue the command would wait for the connection; without one it fails anyway. A client that is
    // in `wait` connects at its first command.
    if (this.redis.status !== 'ready' && this.redis.status !== 'wait') {
      this.failed = true;
      callback(new Error(`Redis is ${this.redis.status}`));
      return;
    }
    let settle: Callback | undefined = callback;
    const answer: Callback = (error, value) => {
      clearTimeout(timer);
      const settleOnce = settle;
      settle = undefined;
      settleOnce?.(error, value);
    };
    // Nobody waits a second time in one attempt: what follows a time-out is the library's tidying up, sent all the same.
    const timer = setTimeout(
      () => {
        if (settle) this.failed = true;
        answer(new Error(`Redis did not answer within ${this.timeoutMs} ms`));
      },
      this.failed ? 0 : this.timeoutMs,
    );
    command().then(
      (value) => answer(null, value),
      (error: Error) => {
        // The library answers this one by sending the script itself.
        if (settle && !error.message.startsWith('NOSCRIPT')) this.failed = true;
        answer(error);
      },
    );
  }
}
