import { chmod, readFile, rename, writeFile } from 'node:fs/promises';

const OWNER_ONLY = 0o600;
const EVERYBODY_READS = 0o644;

export async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** In one step: whoever waits for the file never reads half a key. */
export async function writeWhole(path: string, content: string, kind: 'private' | 'public'): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  const mode = kind === 'private' ? OWNER_ONLY : EVERYBODY_READS;
  await writeFile(fresh, content, { mode });
  await chmod(fresh, mode);
  await rename(fresh, path);
}
