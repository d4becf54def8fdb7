import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `before`: killed before the call. `after`: killed when the answer is there. `lost`: it lives, and hears nothing. */
export const MODES = ['before', 'after', 'lost'] as const;
export type Mode = (typeof MODES)[number];

/** One await of SQL, Redis or HTTP, by what goes out, and the how manieth of its like it is. */
export interface CrashPoint {
  readonly point: string;
  readonly occurrence: number;
}

const preload = new URL('../../../libs/testing/crash-points.mjs', import.meta.url);

/** Tells a service where to die; see `libs/testing/crash-points.mjs`. */
export class CrashOrders {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** For the processes that can be told. */
  get environment(): Record<string, string> {
    return { NODE_OPTIONS: `--import ${preload.href}`, CRASH_POINTS_DIR: this.folder };
  }

  /** @param replica `wallet-1` */
  record(replica: string): void {
    this.write(replica, { mode: 'record' });
  }

  strike(replica: string, mode: Mode, { point, occurrence }: CrashPoint): void {
    this.write(replica, { mode, point, occurrence });
  }

  /** @returns whether it has struck; if not, it won't any more: of both who take the file away, one succeeds. */
  withdraw(replica: string): boolean {
    try {
      unlinkSync(join(this.folder, `${replica}.json`));
      return false;
    } catch {
      return true;
    }
  }

  /** @returns what was passed since `record`. */
  take(replica: string): readonly string[] {
    rmSync(join(this.folder, `${replica}.json`), { force: true });
    const log = join(this.folder, `${replica}.log`);
    if (!existsSync(log)) return [];
    const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
    rmSync(log);
    return lines;
  }

  private write(replica: string, order: object): void {
    this.take(replica);
    const file = join(this.folder, `${replica}.json`);
    // Never half of it.
    writeFileSync(`${file}.new`, JSON.stringify(order));
    renameSync(`${file}.new`, file);
  }
}
