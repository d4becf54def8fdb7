import type { payment } from '#libs/contracts';
import type { SqlExecutor } from '#libs/database';
import type { PayCredential } from '#libs/payments';
import type { OrderShard } from '../orders/order-shards.js';

/** What a channel wants to know of the buyer; kept so that a way to pay can be asked for again after a crash. */
export interface Payer {
  readonly payerOpenId?: string | undefined;
  readonly payerAddress?: string | undefined;
}

export interface NewAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly state: 'CREATED' | 'PENDING';
  readonly channel: payment.ChannelName;
  readonly accountId: string;
  readonly method: payment.PayMethod;
  readonly amount: bigint;
  readonly payer: Payer;
  readonly credential: PayCredential;
  readonly nextQueryAt: Date;
  readonly expiresAt: Date;
  readonly createdAt: Date;
}

export const NO_CREDENTIAL: PayCredential = { payUrl: null, codeUrl: null, jsapiParameters: null };

export async function insertAttempt(
  executor: SqlExecutor,
  { tables }: OrderShard,
  attempt: NewAttempt,
): Promise<void> {
  const { credential } = attempt;
  await executor.write(
    `INSERT INTO \`${tables.attempts}\` (\`id\`, \`order_id\`, \`merchant_id\`, \`channel\`, \`account_id\`, \`method\`, \`state\`, \`amount\`, \`pay_url\`, \`code_url\`, \`jsapi_parameters\`, \`payer\`, \`next_query_at\`, \`expires_at\`, \`created_at\`, \`updated_at\`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      attempt.id,
      attempt.orderId,
      attempt.merchantId,
      attempt.channel,
      attempt.accountId,
      attempt.method,
      attempt.state,
      attempt.amount,
      credential.payUrl,
      credential.codeUrl,
      jsonOrNull(credential.jsapiParameters),
      jsonOrNull(attempt.payer),
      attempt.nextQueryAt,
      attempt.expiresAt,
      attempt.createdAt,
      attempt.createdAt,
    ],
  );
}

/** What its order's story tells of it. */
export function openedEvent(attempt: NewAttempt) {
  return {
    orderId: attempt.orderId,
    kind: 'attempt.opened' as const,
    attemptId: attempt.id,
    channel: attempt.channel,
    facts: {
      method: attempt.method,
      account: attempt.accountId,
      ready: attempt.state === 'PENDING',
      expiresAt: attempt.expiresAt.toISOString(),
    },
  };
}

export function jsonOrNull(value: object | null): string | null {
  return value === null || Object.keys(value).length === 0 ? null : JSON.stringify(value);
}
