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

/** What each file that was looked for was like before it was read: when one of them changes, the accounts may do. */
type Stamps = Map<string, string>;

/**
 * Reads and opens our accounts at the channels.
 *
 * @param path a JSON file; the key files that it names are relative to it.
 * @throws BadAccountsFileError or BadKeyError, in words.
 */
export function loadChannelAccounts(path: string, drivers: Drivers = CHANNEL_DRIVERS): ChannelAccount[] {
  return load(path, drivers, new Map());
}

function load(path: string, drivers: Drivers, stamps: Stamps): ChannelAccount[] {
  const read = (name: string, what: string) => {
    const file = resolve(dirname(path), name);
    stamps.set(file, stampOf(file));
    return readText(file, what);
  };
  const written = parseJson(path, read(resolve(path), 'PAYMENT_CHANNELS_FILE'));
  const parsed = fileSchema.safeParse(written);
  if (!parsed.success) {
    throw refusal(
      path,
      parsed.error.issues.map((issue) => `${accountOf(written, issue)}${sentenceOf(issue)}`),
    );
  }
  const ids = parsed.data.accounts.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw refusal(path, [`two accounts are called ${twice}`]);
  return parsed.data.accounts.map(({ channel, settings, ...account }) => {
    const driver = Object.hasOwn(drivers, channel) ? drivers[channel] : undefined;
    if (!driver) {
      const known = Object.keys(drivers).join(', ');
      throw refusal(path, [`account ${account.id}: there is no channel ${channel}; known are ${known}`]);
    }
    const readFile = (name: string, setting: string) => read(name, `account ${account.id}: ${setting}`);
    try {
      return { ...account, channel: driver.openUnknown(settings, { accountId: account.id, readFile }) };
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      throw refusal(
        path,
        error.issues.map((issue) => `account ${account.id}: settings.${sentenceOf(issue)}`),
      );
    }
  });
}

const sentenceOf = (issue: z.core.$ZodIssue) => `${issue.path.join('.') || 'it'}: ${issue.message}`;

/** Which account a problem is in, as a person knows it: by its id, and by its place only where that can't be read. */
function accountOf(written: unknown, { path: [field, index] }: z.core.$ZodIssue): string {
  const named = z.object({ accounts: z.array(z.unknown()) }).safeParse(written);
  if (!named.success || field !== 'accounts' || typeof index !== 'number') return '';
  const { data } = z.object({ id: payment.channelAccountId }).safeParse(named.data.accounts[index]);
  return data ? `account ${data.id}: ` : '';
}

const refusal = (path: string, problems: readonly string[]) =>
  new BadAccountsFileError(
    `The channel accounts in ${path} can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );

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
  let stamps: Stamps = new Map();
  const look = (tell: boolean) => {
    const next: Stamps = new Map();
    try {
      const accounts = load(path, drivers, next);
      stamps = next;
      if (tell) onChange(accounts);
    } catch (error) {
      // The files of before too: whichever of them all is mended next, it is looked at.
      stamps = new Map([...restamped(stamps), ...next]);
      onError(error);
    }
  };
  look(false);
  const timer = setInterval(() => {
    if ([...stamps].some(([file, stamp]) => stampOf(file) !== stamp)) look(true);
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

const restamped = (stamps: Stamps): [string, string][] =>
  [...stamps.keys()].map((file) => [file, stampOf(file)]);

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs}:${size}:${ino}`;
  } catch {
    return 'gone';
  }
}
