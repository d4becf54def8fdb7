/** One offending field of a request, named by its path. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

const TITLES = {
  VALIDATION_FAILED: [400, 'The request is not valid'],
  PAY_URL_REFUSED: [400, 'The channel refuses that payment URL'],
  NOT_FOUND: [404, 'There is no such thing here'],
  TRADE_NOT_FOUND: [404, 'The channel knows no such trade'],
  REFUND_NOT_FOUND: [404, 'The channel knows no such refund'],
  REFUND_SETTLED: [409, 'The refund has ended already'],
  TRANSFER_NOT_FOUND: [404, 'The channel knows no such transfer'],
  TRANSFER_ENDED: [409, 'The transfer has ended already'],
  TRANSFER_NOT_THERE: [409, 'Nothing has arrived that could come back'],
  TRANSFER_NOT_CONFIRMABLE: [409, 'No payee is waited for'],
  ACCOUNT_NOT_FOUND: [404, 'No channel here knows such an account'],
  TRADE_ALREADY_PAID: [409, 'The trade is paid already'],
  TRADE_CLOSED: [409, 'The trade is closed'],
  NO_NOTIFY_URL: [409, 'The merchant gave no address to notify'],
  REQUEST_REFUSED: [400, 'The request can’t be read'],
  INTERNAL: [500, 'Something went wrong in the sandbox'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof TITLES;

/** A refusal of the control API, sent as a problem document (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    /** For a person: what is wrong, and what to do. */
    readonly detail: string,
    readonly errors?: readonly FieldProblem[],
    /** Where it differs from the code's usual one. */
    readonly status: number = TITLES[code][0],
  ) {
    super(detail);
  }

  toDocument(): Record<string, unknown> {
    return {
      type: 'about:blank',
      title: TITLES[this.code][1],
      status: this.status,
      code: this.code,
      detail: this.detail,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}
