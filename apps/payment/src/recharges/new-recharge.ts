import { createHash } from 'node:crypto';
import { DomainError, type RequestOf, type payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import type { PaymentChannel } from '#libs/payments';
import type { Payer } from '../attempts/new-attempt.js';

type CreateRequest = RequestOf<typeof payment.createRecharge>;

export interface RechargeLimits {
  readonly minAmount: bigint;
  readonly maxAmount: bigint;
}

/** Two requests under one idempotency key are the same only if this is. */
export function requestHash({ merchantId, amount, channel, method, offerId }: CreateRequest): Buffer {
  return createHash('sha256')
    .update(
      JSON.stringify([
        merchantId,
        amount.toString(),
        channel,
        method,
        ...(offerId === undefined ? [] : [offerId]),
      ]),
    )
    .digest();
}

/** @throws DomainError that names the field. */
export function checkNewRecharge(
  request: CreateRequest,
  channel: PaymentChannel,
  limits: RechargeLimits,
): void {
  checkMethod(request, channel);
  const min = larger(limits.minAmount, channel.capabilities.minAmount);
  const max = smaller(limits.maxAmount, channel.capabilities.maxAmount);
  if (request.amount < min || request.amount > max) {
    throw refusal(
      'AMOUNT_OUT_OF_RANGE',
      'amount',
      `must be from ${formatYuan(min)} to ${formatYuan(max)} yuan`,
    );
  }
  if (request.amount % 10_000n !== 0n) {
    throw refusal('VALIDATION_FAILED', 'amount', 'must be whole fen: two decimals at most');
  }
}

/** @throws DomainError that names the method, or what it needs to know of the buyer. */
export function checkMethod(
  wish: Payer & { readonly method: payment.PayMethod },
  channel: PaymentChannel,
): void {
  const { method } = wish;
  const offer = channel.capabilities.methods[method];
  if (offer) {
    const missing = offer.needs?.find((field) => wish[field] === undefined);
    if (missing) throw refusal('VALIDATION_FAILED', missing, `is needed to pay by ${method}`);
    return;
  }
  const offered = Object.keys(channel.capabilities.methods).join(', ');
  throw refusal('METHOD_NOT_SUPPORTED', 'method', `${channel.name} offers ${offered}, not ${method}`);
}

function refusal(
  code: 'METHOD_NOT_SUPPORTED' | 'AMOUNT_OUT_OF_RANGE' | 'VALIDATION_FAILED',
  field: string,
  message: string,
) {
  return new DomainError(code, `${field} ${message}`, { errors: [{ field, message }] });
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
