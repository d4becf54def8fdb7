/**
 * The small vocabulary that every channel's many error codes are reduced to:
 * - `UNKNOWN`: it may have been done or not (time-out, broken connection, SYSTEM_ERROR): ask until the channel answers.
 * - `NOT_DONE`: certainly not done, and worth repeating later (rate limit, not available).
 * - `REFUSED`: certainly not done, and repeating the same request is pointless.
 * - `UNTRUSTED`: the answer isn't provably the channel's (no or wrong signature): as good as none.
 */
export type ChannelErrorKind = 'UNKNOWN' | 'NOT_DONE' | 'REFUSED' | 'UNTRUSTED';

export class ChannelError extends Error {
  override readonly name = 'ChannelError';

  constructor(
    readonly kind: ChannelErrorKind,
    /** The channel's own code, e.g. `ACQ.TRADE_HAS_SUCCESS`, or ours for what never reached it. */
    readonly channelCode: string,
    message: string,
    options: ErrorOptions & { readonly backOff?: boolean } = {},
  ) {
    super(message, options);
    this.backOff = options.backOff ?? false;
  }

  /** True when the channel is overloaded or limits our rate (429, `isp.*`, 5xx): calls to it should slow down. */
  readonly backOff: boolean;

  static is(error: unknown, kind?: ChannelErrorKind): error is ChannelError {
    return error instanceof ChannelError && (kind === undefined || error.kind === kind);
  }
}
