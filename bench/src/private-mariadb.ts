import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMariadb } from '../../scripts/launcher/mariadb.mjs';

export interface BenchServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A server of the bench's own, as durable as in use.
 *
 * @param keepIn a folder in which its data stays for the next time; without it everything is removed.
 */
export async function startBenchMariadb(
  bufferPoolMb: number,
  keepIn: string | undefined,
): Promise<BenchServer> {
  const dataDir = keepIn ?? (await mkdtemp(join(tmpdir(), 'clearbid-bench-')));
  const server = await startMariadb({ dataDir, bufferPoolMb });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      if (keepIn === undefined && existsSync(dataDir)) await rm(dataDir, { recursive: true });
    },
  };
}
