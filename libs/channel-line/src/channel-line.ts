import { type ChannelAccount, ChannelError, type PaymentChannel } from '#libs/payments';
import {
  CircuitOpenError,
  DuplicateCallError,
  type PassRequest,
  type Turnstile,
  TurnstileError,
  TurnstileTimeoutError,
  TurnstileUnavailableError,
} from '#libs/turnstile';

/** One call to a channel, as its line sees it. */
export interface LineCall extends Pick<PassRequest, 'priority'> {
  /** Two calls of one key are one call too many, in whichever replica. */
  readonly key?: string | undefined;
  /** How long it may stand in line. */
  readonly timeoutMs?: number | undefined;
}

/** What became of a call; times in milliseconds. */
export interface CallFacts {
  readonly outcome: string;
  readonly code: string | null;
  readonly waitedMs: number;
  /** Null when the channel was never asked. */
  readonly tookMs: number | null;
}

/** Who waits longer comes again by itself: what is due stays due. */
const LINE_TIMEOUT_MS = 10_000;

const CODES = [
  [CircuitOpenError, 'CIRCUIT_OPEN'],
  [DuplicateCallError, 'ALREADY_ASKED'],
  [TurnstileTimeoutError, 'LINE_TOO_LONG'],
  [TurnstileUnavailableError, 'LINE_UNAVAILABLE'],
] as const;

/**
 * The one way out to a channel: every call of every service stands in its account's line. Never inside a database
 * transaction.
 */
export class ChannelLine {
  constructor(private readonly turnstile: Turnstile) {}

  /**
   * @param tell is told of every call that was made or refused; not of one that somebody else is making already.
   * @throws ChannelError only. `NOT_DONE`: it never reached the channel (line too long, circuit open, already asked).
   */
  async run<T>(
    account: ChannelAccount,
    call: LineCall,
    work: (channel: PaymentChannel) => Promise<T>,
    tell: (facts: CallFacts) => Promise<void> | void,
  ): Promise<T> {
    const enqueuedAt = performance.now();
    let admittedAt: number | undefined;
    const factsOf = (outcome: string, code: string | null): CallFacts => ({
      outcome,
      code,
      waitedMs: Math.round((admittedAt ?? performance.now()) - enqueuedAt),
      tookMs: admittedAt === undefined ? null : Math.round(performance.now() - admittedAt),
    });
    const request = {
      resource: account.id,
      limits: { ratePerSecond: account.ratePerSecond, maxInFlight: account.maxInFlight },
      priority: call.priority,
      key: call.key,
      timeoutMs: call.timeoutMs ?? LINE_TIMEOUT_MS,
    };
    try {
      const result = await this.turnstile.pass(request, () => {
        admittedAt = performance.now();
        return work(account.channel);
      });
      await tell(factsOf(outcomeOf(result), null));
      return result;
    } catch (error) {
      const failure = error instanceof TurnstileError ? notAdmitted(error, account.id) : error;
      if (!ChannelError.is(failure)) throw failure;
      if (failure.channelCode !== 'ALREADY_ASKED') await tell(factsOf(failure.kind, failure.channelCode));
      throw failure;
    }
  }
}

function notAdmitted(error: TurnstileError, accountId: string): ChannelError {
  const code = CODES.find(([type]) => error instanceof type)?.[1] ?? 'NOT_ADMITTED';
  return new ChannelError('NOT_DONE', code, `${accountId} was not asked: ${error.message}`, { cause: error });
}

/** Most answers have a state of their own: WAITING, PAID, PROCESSING … */
function outcomeOf(result: unknown): string {
  const state = (result as { state?: unknown } | null | undefined)?.state;
  return typeof state === 'string' ? state : 'DONE';
}
