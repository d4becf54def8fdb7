import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { holderOf, takeLock, withLock } from './lock.mjs';

jest.setTimeout(30_000);

describe('A lock of a folder', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clearbid-lock-'));
    file = join(folder, 'running.json');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const takeElsewhere = (then: string): string[] => [
    '--input-type=module',
    '--eval',
    `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.mjs'))};
     const lock = takeLock(${JSON.stringify(file)}, { gateway: 'http://localhost:3000' });
     console.log(lock === undefined ? 'refused' : 'taken');
     ${then}`,
  ];

  it('is refused while somebody lives who holds it, and says who that is', async () => {
    const other = spawn(process.execPath, takeElsewhere('setInterval(() => {}, 1000)'), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');

    expect(takeLock(file, {})).toBeUndefined();
    expect(holderOf(file)).toMatchObject({ pid: other.pid, info: { gateway: 'http://localhost:3000' } });

    other.kill('SIGKILL');
    await once(other, 'exit');
  });

  it('passes on from a holder that was killed', () => {
    spawnSync(process.execPath, takeElsewhere("process.kill(process.pid, 'SIGKILL')"));
    expect(existsSync(file)).toBe(true);

    const lock = takeLock(file, {});

    expect(lock).toBeDefined();
    expect(holderOf(file)?.pid).toBe(process.pid);
    lock?.release();
  });

  it('goes when its holder ends, and when it is released', () => {
    const { stdout } = spawnSync(process.execPath, takeElsewhere(''), { encoding: 'utf8' });
    expect(stdout).toBe('taken\n');
    expect(existsSync(file)).toBe(false);

    takeLock(file, {})?.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells the others what its holder wants them to know, and nobody but this user', () => {
    const lock = takeLock<{ gateway: string; mysqlUrl?: string }>(file, { gateway: 'http://localhost:3000' });
    lock?.update({ gateway: 'http://localhost:3000', mysqlUrl: 'mysql://clearbid:secret@127.0.0.1:3306' });

    expect(holderOf(file)?.info).toMatchObject({ mysqlUrl: 'mysql://clearbid:secret@127.0.0.1:3306' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    lock?.release();
  });

  it('lets only one of many work at a time, a stale lock in their way or not', async () => {
    spawnSync(process.execPath, takeElsewhere("process.kill(process.pid, 'SIGKILL')"));
    const script = join(import.meta.dirname, 'lock.mjs');
    const journal = join(folder, 'journal');
    const code = `
      import { appendFileSync } from 'node:fs';
      import { withLock } from ${JSON.stringify(script)};
      await withLock(${JSON.stringify(file)}, async () => {
        appendFileSync(${JSON.stringify(journal)}, 'in\\n');
        await new Promise((resolve) => setTimeout(resolve, 20));
        appendFileSync(${JSON.stringify(journal)}, 'out\\n');
      });`;
    const workers = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: 'inherit' }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'exit')));

    expect(readFileSync(journal, 'utf8')).toBe('in\nout\n'.repeat(6));
  });

  it('is given back when the work fails', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');

    expect(existsSync(file)).toBe(false);
  });
});
