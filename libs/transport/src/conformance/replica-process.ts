import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const loader = new URL('../../../testing/ts-loader.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('./replica.ts', import.meta.url));

/** One replica of the service `parrot` in a process of its own. */
export class ReplicaProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(redisUrl: string, replica: string): Promise<ReplicaProcess> {
    const child = fork(program, [redisUrl, replica], { execArgv: ['--import', loader] });
    const started = new ReplicaProcess(child);
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the replica ${replica} ended with ${code} before it was ready`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return started;
  }

  /** SIGKILL: it gets no chance to tidy up. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await once(this.child, 'exit');
  }
}
