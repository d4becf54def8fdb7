import type { ErrorMeaning } from '../error-meaning.js';

export const paymentErrors = {
  AMOUNT_OUT_OF_RANGE: { status: 400, title: 'The amount is outside the allowed range' },
  CHANNEL_UNAVAILABLE: { status: 503, title: 'The payment channel is not available right now' },
  METHOD_NOT_SUPPORTED: { status: 400, title: 'That channel does not offer that method' },
  DUPLICATE_SUBMIT: { status: 409, title: 'The same order was submitted a moment ago' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, title: 'That idempotency key belongs to another request' },
  RECHARGE_NOT_FOUND: { status: 404, title: 'There is no such recharge' },
  RECHARGE_NOT_CLOSABLE: { status: 409, title: 'This recharge can no longer be closed' },
} as const satisfies Record<string, ErrorMeaning>;
