import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isAlive, waitForExit } from './processes.mjs';
import type { ServiceHandle } from './service-handle.mjs';
import { Supervisor } from './supervisor.mjs';

// Each starts real processes, on machines that are busy with other suites.
jest.setTimeout(30_000);

const TESTING = join(import.meta.dirname, 'testing');
const ENTRY = join(TESTING, 'life.mjs');

describe('Supervisor', () => {
  let lines: string[];
  let supervisor: Supervisor;

  beforeEach(() => {
    lines = [];
    supervisor = new Supervisor({ onLine: (name, line) => lines.push(`${name}: ${line}`) });
  });

  afterEach(() => supervisor.stopAll());

  const spawnOne = (behaviour: string, name = 'wallet-1'): ServiceHandle =>
    supervisor.spawn({ name, entry: ENTRY, args: [behaviour], env: process.env });

  it('tells when a process is ready, where it listens, and what it says', async () => {
    const wallet = spawnOne('well');

    expect(await wallet.ready).toEqual({ url: `http://127.0.0.1:1234/${wallet.pid}` });
    expect(lines[0]).toMatch(/^wallet-1: .*listening/);
  });

  it('starts a killed process again, and `ready` waits for the new one', async () => {
    const wallet = spawnOne('well');
    await wallet.ready;
    const first = wallet.pid;

    await wallet.kill('SIGKILL');
    const { url } = await wallet.ready;

    expect(wallet.pid).not.toBe(first);
    expect(url).toBe(`http://127.0.0.1:1234/${wallet.pid}`);
    expect(wallet.restarts).toBe(1);
    expect(lines.join('\n')).toContain('ended by SIGKILL; it starts again');
  });

  it('notices a death that nobody asked it for', async () => {
    const wallet = spawnOne('well');
    await wallet.ready;
    const first = wallet.pid as number;

    process.kill(first, 'SIGKILL');
    await until(() => wallet.restarts === 1);
    await wallet.ready;

    expect(wallet.pid).not.toBe(first);
  });

  it('waits longer before each new try while a process keeps dying', async () => {
    const wallet = spawnOne('crash-early');

    await until(() => wallet.restarts === 3);
    await wallet.stop();

    const pauses = lines.flatMap((line) => /again in (\d+) ms/.exec(line)?.[1] ?? []).map(Number);
    expect(pauses[1]).toBeGreaterThan(pauses[0] as number);
    expect(pauses[2]).toBeGreaterThan(pauses[1] as number);
    expect(pauses[0]).toBeLessThanOrEqual(200);
    expect(lines).toContain('wallet-1: no database');
  });

  it('does not try again what refuses its configuration, and gives its reason', async () => {
    const wallet = spawnOne('bad-configuration');

    await expect(wallet.ready).rejects.toMatchObject({
      message: 'wallet-1 refuses its configuration.',
      details: 'PORT: must be a number',
    });
    expect(wallet.restarts).toBe(0);
    expect(wallet.isWanted).toBe(false);
  });

  it('leaves dead what dies, when told not to restart', async () => {
    supervisor = new Supervisor({ autoRestart: false });
    const wallet = spawnOne('well');
    await wallet.ready;

    await wallet.kill();

    await expect(wallet.ready).rejects.toThrow('wallet-1 ended by SIGKILL.');
    expect(wallet.pid).toBeUndefined();
    wallet.start();
    expect(await wallet.ready).toEqual({ url: `http://127.0.0.1:1234/${wallet.pid}` });
  });

  it('stops a process for good, until it is started again', async () => {
    const wallet = spawnOne('well');
    await wallet.ready;
    const first = wallet.pid as number;

    await wallet.stop();

    expect(isAlive(first)).toBe(false);
    await expect(wallet.ready).rejects.toThrow('wallet-1 was stopped.');
    wallet.start();
    await wallet.ready;
    expect(wallet.restarts).toBe(0);
  });

  it('ends a process that waits for its next try', async () => {
    const wallet = spawnOne('crash-early');
    await until(() => lines.some((line) => line.includes('starts again')));

    await wallet.stop();
    // By the time that a later one has been tried again, this one would have been, too.
    const later = spawnOne('crash-early', 'wallet-2');
    await until(() => later.restarts === 1);

    expect(wallet.restarts).toBe(0);
    expect(wallet.pid).toBeUndefined();
  });

  it('kills what does not go in time, and leaves no process behind', async () => {
    supervisor = new Supervisor({ onLine: (_, line) => lines.push(line), graceMs: 300 });
    const handles = [spawnOne('deaf', 'deaf-1'), spawnOne('well', 'wallet-1'), spawnOne('well', 'wallet-2')];
    await Promise.all(handles.map((handle) => handle.ready));
    const pids = handles.map((handle) => handle.pid as number);

    await supervisor.stopAll();

    expect(pids.filter(isAlive)).toEqual([]);
    expect(lines.join('\n')).toContain('deaf-1 is still there 0.3 s after SIGTERM: killed');
  });
});

describe('A launcher that ends', () => {
  const launchers: ChildProcess[] = [];

  afterEach(() => {
    for (const launcher of launchers.splice(0)) launcher.kill('SIGKILL');
  });

  const launch = async (ending: 'stay' | 'throw', samePressMs: number) => {
    const launcher = spawn(
      process.execPath,
      [join(TESTING, 'launcher-with-child.mjs'), ending, String(samePressMs)],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    launchers.push(launcher);
    const lines: string[] = [];
    createInterface({ input: launcher.stdout }).on('line', (line) => lines.push(line));
    const childOf = () => lines.flatMap((line) => /^child (\d+)$/.exec(line)?.[1] ?? []).map(Number)[0];
    await until(() => childOf() !== undefined);
    return { launcher, child: childOf() as number, lines };
  };

  it('because of an error in itself leaves no process behind', async () => {
    const { launcher, child } = await launch('throw', 0);

    if (launcher.exitCode === null) await once(launcher, 'exit');

    expect(await waitForExit(child, 1_000)).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s and then an impatient SIGINT ends at once',
    async (signal) => {
      const { launcher, child, lines } = await launch('stay', 0);
      launcher.kill(signal);
      await until(() => lines.includes('not me'));
      expect(isAlive(child)).toBe(true);

      launcher.kill('SIGINT');
      await once(launcher, 'exit');

      expect(await waitForExit(child, 1_000)).toBe(true);
    },
  );

  it('takes the repetition of one keypress, which npm sends, for one', async () => {
    const { launcher, child, lines } = await launch('stay', 60_000);

    launcher.kill('SIGINT');
    await until(() => lines.includes('not me'));
    launcher.kill('SIGINT');
    launcher.kill('SIGTERM');
    process.kill(child, 'SIGTERM');
    await until(() => lines.filter((line) => line === 'not me').length === 2);

    expect(launcher.exitCode).toBeNull();
    expect(isAlive(child)).toBe(true);
  });

  it('by SIGKILL is noticed by its children', async () => {
    const { launcher, child } = await launch('stay', 0);

    launcher.kill('SIGKILL');

    expect(await waitForExit(child, 5_000)).toBe(true);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`it never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
