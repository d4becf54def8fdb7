import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { payment } from '#libs/contracts';
import type { ChannelAccount } from './channel-account.js';
import type { AnyChannelDriver } from './channel-driver.js';
import { CHANNEL_DRIVERS } from './channels.js';
import { BadKeyError } from './rsa-key.js';

type Drivers = Readonly<Partial<Record<string, AnyChannelDriver>>>;

const accountSchema = z.strictObject({
  id: payment.channelAccountId,
  channel: z.string(),
  enabled: z.boolean().default(true),
  weight: z.number().int().min(0).max(1_000).default(100),
  ratePerSecond: z.number().positive().max(10_000).default(100),
  maxInFlight: z.number().int().min(1).max(10_000).default(80),
  settings: z.unknown(),
});

const fileSchema = z.strictObject({ accounts: z.array(accountSchema).min(1) });

/** The accounts file can't be used: every bad field by its account and name, never what stands in it. */
export class BadAccountsFileError extends Error {
  override readonly name = 'BadAccountsFileError';
}

interface Loaded {
  readonly accounts: ChannelAccount[];
  /** Every file that was read: when one of them changes, the accounts do. */
  readonly files: readonly string[];
}

/**
 * Reads and opens our accounts at the channels.
 *
 * @param path a JSON file; the key files that it names are relative to it.
 * @throws BadAccountsFileError or BadKeyError, in words.
 */
export function loadChannelAccounts(path: string, drivers: Drivers = CHANNEL_DRIVERS): ChannelAccount[] {
  return load(path, drivers).accounts;
}

function load(path: string, drivers: Drivers): Loaded {
  const files = [resolve(path)];
  const parsed = fileSchema.safeParse(parseJson(path, readText(path, path)));
  if (!parsed.success) throw refusal(path, parsed.error.issues.map(sentenceOf));
  const ids = parsed.data.accounts.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw refusal(path, [`two accounts are called ${twice}`]);
  const accounts = parsed.data.accounts.map(({ channel, settings, ...account }) => {
    const driver = Object.hasOwn(drivers, channel) ? drivers[channel] : undefined;
    if (!driver) {
      const known = Object.keys(drivers).join(', ');
      throw refusal(path, [`account ${account.id}: there is no channel ${channel}; known are ${known}`]);
    }
    const context = {
      accountId: account.id,
      readFile: (name: string, setting: string) => {
        const file = resolve(dirname(path), name);
        files.push(file);
        return readText(file, `account ${account.id}: ${setting}`);
      },
    };
    try {
      return { ...account, channel: driver.openUnknown(settings, context) };
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      throw refusal(
        path,
        error.issues.map((issue) => `account ${account.id}: settings.${sentenceOf(issue)}`),
      );
    }
  });
  return { accounts, files };
}

const sentenceOf = (issue: z.core.$ZodIssue) => `${issue.path.join('.') || 'it'}: ${issue.message}`;

const refusal = (path: string, problems: readonly string[]) =>
  new BadAccountsFileError(`The channel accounts in ${path} can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // Without the name: it may be the key itself, put where the name of its file belongs.
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new BadKeyError(`${what} names a file that can't be read (${code})`);
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal(path, ['it is no JSON']);
  }
}

export interface AccountsWatch {
  /** Told of accounts that can be used, and only of those. */
  readonly onChange: (accounts: ChannelAccount[]) => void;
  /** Told once of each broken state of the files; what was in force stays in force. */
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

/**
 * Looks at the accounts file and its key files, and opens everything anew when one of them has changed. By looking and
 * not by file system events: mounted secrets (Kubernetes) change by a link that is exchanged, which those miss.
 */
export function watchChannelAccounts(
  path: string,
  { onChange, onError, everyMs = 1_000 }: AccountsWatch,
  drivers: Drivers = CHANNEL_DRIVERS,
): { stop(): void } {
  let files: readonly string[] = load(path, drivers).files;
  let seen = fingerprintOf(files);
  const timer = setInterval(() => {
    const now = fingerprintOf(files);
    if (now === seen) return;
    seen = now;
    try {
      const loaded = load(path, drivers);
      files = loaded.files;
      seen = fingerprintOf(files);
      onChange(loaded.accounts);
    } catch (error) {
      onError(error);
    }
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

function fingerprintOf(files: readonly string[]): string {
  return files.map(stampOf).join('|');
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs}:${size}:${ino}`;
  } catch {
    return 'gone';
  }
}
