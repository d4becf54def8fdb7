export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** Why not, in a few words. */
  readonly reason?: string;
}

const CHECK_TIMEOUT_MS = 2_000;

/**
 * Whether this process can do its work now (ready) as opposed to whether it runs at all (live). Kubernetes takes a
 * process that is not ready out of the balancer and leaves it alone; one that is not live is killed. So a lost
 * database makes a service not ready, never not live: killing it would not bring the database back.
 */
export class Health {
  private readonly checks = new Map<string, () => Promise<unknown>>();
  private stopping = false;

  /** @param check rejects, with a message for people, when the thing can't be used. */
  register(name: string, check: () => Promise<unknown>): void {
    this.checks.set(name, check);
  }

  /** From now on the answer is no: nothing new should be sent here. */
  beginShutdown(): void {
    this.stopping = true;
  }

  async ready(): Promise<{ ready: boolean; checks: CheckResult[] }> {
    const checks = await Promise.all([...this.checks].map(([name, check]) => this.run(name, check)));
    return { ready: !this.stopping && checks.every((check) => check.ok), checks };
  }

  private async run(name: string, check: () => Promise<unknown>): Promise<CheckResult> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)),
        CHECK_TIMEOUT_MS,
      );
    });
    try {
      await Promise.race([check(), timeout]);
      return { name, ok: true };
    } catch (error) {
      return { name, ok: false, reason: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}
