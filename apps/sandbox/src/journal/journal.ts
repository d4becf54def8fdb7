import { createReadStream } from 'node:fs';
import { mkdir, open, rename, stat, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const LINE_FEED = 0x0a;
const DEFAULT_COMPACT_ABOVE_BYTES = 16 * 1024 * 1024;
/** Lines joined for one write while compacting; bounds the memory that takes. */
const LINES_PER_WRITE = 1_000;

interface Line {
  readonly kind: string;
  readonly id: string;
  readonly value: unknown;
}

/** JSON knows no bigint: every field whose name ends in `Fen` is one, written as a decimal string. */
function encode(line: Line): string {
  return `${JSON.stringify(line, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))}\n`;
}

function decode(text: string): Line {
  return JSON.parse(text, (key, value: unknown) =>
    key.endsWith('Fen') && typeof value === 'string' ? BigInt(value) : value,
  ) as Line;
}

/**
 * The sandbox's memory: an append-only file of JSON lines, each the whole present state of one record, so that the last
 * line of a record wins. A channel that forgot its trades in a restart would be no test of anything.
 *
 * Writes reach the operating system before `flush` resolves and so survive the death of this process; they are not
 * synced to the disk, since no money stands in here.
 */
export class Journal {
  private readonly live: Map<string, Map<string, unknown>>;
  private pending: string[] = [];
  private writing: Promise<void> | undefined;
  private failure: unknown;

  private constructor(
    private readonly file: FileHandle,
    live: Map<string, Map<string, unknown>>,
  ) {
    this.live = live;
  }

  /**
   * Replays the file, drops a line that a crash cut short, and rewrites the file without the outdated lines when it is
   * larger than `compactAboveBytes`.
   */
  static async open(path: string, compactAboveBytes = DEFAULT_COMPACT_ABOVE_BYTES): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true });
    const live = await replay(path);
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size > compactAboveBytes) await rewrite(path, live);
    return new Journal(await open(path, 'a', 0o600), live);
  }

  /**
   * The records of a kind as the last run left them, oldest first. For the one owner of that kind, once, at start: the
   * memory is given up with the call.
   */
  take<Value>(kind: string): Value[] {
    const records = [...(this.live.get(kind)?.values() ?? [])];
    this.live.delete(kind);
    return records as Value[];
  }

  /** Appends the record's present state; `flush` says when it is written. */
  put(kind: string, id: string, value: unknown): void {
    this.pending.push(encode({ kind, id, value }));
    this.writing ??= this.write();
  }

  /** Resolves when everything put so far has reached the operating system. */
  async flush(): Promise<void> {
    while (this.writing !== undefined) await this.writing;
    if (this.failure !== undefined)
      throw new Error('The journal could not be written', { cause: this.failure });
  }

  /** @throws when a write has failed: the sandbox must not go on as if it remembered. */
  async check(): Promise<void> {
    await this.flush();
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.file.close();
    }
  }

  /** One write takes all lines that gathered during the one before it. */
  private async write(): Promise<void> {
    // Lets everything that the present turn still puts join the first write.
    await Promise.resolve();
    try {
      while (this.pending.length > 0) {
        const lines = this.pending.join('');
        this.pending = [];
        await this.file.appendFile(lines);
      }
    } catch (error) {
      this.failure = error;
    } finally {
      this.writing = undefined;
    }
  }
}

async function replay(path: string): Promise<Map<string, Map<string, unknown>>> {
  const live = new Map<string, Map<string, unknown>>();
  const whole = await forEachLine(path, (text, number) => {
    const line = parseLine(path, text, number);
    const records = live.get(line.kind) ?? new Map<string, unknown>();
    records.set(line.id, line.value);
    live.set(line.kind, records);
  });
  if (whole !== undefined) await truncate(path, whole);
  return live;
}

function parseLine(path: string, text: string, number: number): Line {
  try {
    return decode(text);
  } catch (error) {
    throw new Error(
      `Line ${number} of ${path} is damaged: repair it, or move the file away to start with an empty sandbox`,
      { cause: error },
    );
  }
}

/** @returns the length in bytes up to the last line feed; `undefined` without a file. What follows it was cut short. */
async function forEachLine(
  path: string,
  visit: (text: string, number: number) => void,
): Promise<number | undefined> {
  if (!(await stat(path).catch(() => undefined))) return undefined;
  let rest: Buffer = Buffer.alloc(0);
  let whole = 0;
  let number = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      visit(bytes.toString('utf8', start, end), (number += 1));
      whole += end + 1 - start;
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  return whole;
}

/** Writes the live records beside the file and puts them in its place in one step, so that a crash leaves one of the two. */
async function rewrite(path: string, live: Map<string, Map<string, unknown>>): Promise<void> {
  const fresh = `${path}.compacting`;
  const file = await open(fresh, 'w', 0o600);
  try {
    let lines: string[] = [];
    for (const [kind, records] of live) {
      for (const [id, value] of records) {
        lines.push(encode({ kind, id, value }));
        if (lines.length < LINES_PER_WRITE) continue;
        await file.appendFile(lines.join(''));
        lines = [];
      }
    }
    await file.appendFile(lines.join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}
