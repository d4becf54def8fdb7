import { z } from 'zod';
import { ALL_FAULT_KINDS } from '../faults/faults.js';
import { NOTIFY_MALFORMATIONS } from '../notify/notify-job.js';
import { NOTIFY_MODES } from '../notify/notify-plan.js';
import { MAX_FEN, parseYuan } from '../trade/fen.js';
import { CHANNEL_NAMES } from '../trade/trade.js';
import { PLENTY_FEN } from '../transfer/merchant-accounts.js';
import { TRANSFER_STATES } from '../transfer/transfer.js';

const DAY_MS = 86_400_000;

const yuanWithin = (leastFen: bigint, mostFen: bigint) =>
  z.string().transform((text, context) => {
    const fen = parseYuan(text);
    if (fen !== undefined && fen >= leastFen && fen <= mostFen) return fen;
    context.issues.push({ code: 'custom', message: 'must be an amount in yuan, as "50.00"', input: text });
    return z.NEVER;
  });
const yuan = yuanWithin(1n, MAX_FEN);
const balance = yuanWithin(0n, PLENTY_FEN);

/** `POST /control/trades/{outTradeNo}/pay` */
export const paySchema = z
  .strictObject({
    notify: z.enum(NOTIFY_MODES).default('normal'),
    amount: yuan.optional(),
    delayMs: z.number().int().min(0).max(DAY_MS).optional(),
    /** When the channel says that it was paid; now unless told. */
    paidAt: z.iso.datetime({ offset: true }).transform(Date.parse).optional(),
    /** A URL that was not opened yet: opened first, as the buyer's browser would. */
    payUrl: z.url().optional(),
    /** TRADE_FINISHED in the place of TRADE_SUCCESS. */
    finished: z.boolean().default(false),
  })
  // Nothing at all is the usual payment.
  .prefault({});
export type PayBody = z.output<typeof paySchema>;

/** `POST /control/trades/{outTradeNo}/notifies` */
export const notifySchema = z.strictObject({
  /** Fields that differ from the true ones; signed with the rest. */
  fields: z.record(z.string().min(1), z.string()).default({}),
  signature: z.enum(['valid', 'wrong', 'missing']).default('valid'),
  /** Something else that is wrong with it, where the channel's notifies can be wrong in that way. */
  malform: z.enum(NOTIFY_MALFORMATIONS).optional(),
  /** Tells of this refund of the trade, where the channel notifies of refunds. */
  outRefundNo: z.string().min(1).optional(),
  /** Copies, all at the same moment. */
  count: z.number().int().min(1).max(500).default(1),
});
export type NotifyBody = z.output<typeof notifySchema>;

const instant = z.iso.datetime({ offset: true }).transform(Date.parse);
/** Why, in the channel's own words; the channel's usual ones unless told. */
const failure = z.strictObject({ code: z.string().min(1).max(64), message: z.string().max(200).default('') });

/** `POST /control/transfers/{outTransferNo}/settle` */
export const settleTransferSchema = z
  .strictObject({
    /** As it would go by itself unless told. */
    state: z.enum(['SUCCEEDED', 'FAILED']).optional(),
    failure: failure.optional(),
    /** When the channel says that it arrived; now unless told. */
    paidAt: instant.optional(),
  })
  .refine(({ state, paidAt }) => paidAt === undefined || state === 'SUCCEEDED', {
    path: ['paidAt'],
    message: 'goes with the state SUCCEEDED only',
  })
  .refine((body) => body.failure === undefined || body.state === 'FAILED', {
    path: ['failure'],
    message: 'goes with the state FAILED only',
  })
  .prefault({});
export type SettleTransferBody = z.output<typeof settleTransferSchema>;

/** `POST /control/transfers/{outTransferNo}/return` */
export const returnTransferSchema = z
  .strictObject({ failure: failure.optional(), returnedAt: instant.optional() })
  .prefault({});
export type ReturnTransferBody = z.output<typeof returnTransferSchema>;

/** `GET /control/transfers` */
export const transfersSchema = z.strictObject({
  status: z.enum(TRANSFER_STATES).optional(),
  channel: z.enum(CHANNEL_NAMES).optional(),
  account: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});
export type TransfersQuery = z.output<typeof transfersSchema>;

/** `PUT /control/payees` */
export const payeeSchema = z.strictObject({
  channel: z.enum(CHANNEL_NAMES),
  account: z.string().min(1).max(128),
  /** The only name that is right; any is unless told. */
  name: z.string().min(1).max(128).optional(),
  exists: z.boolean().default(true),
});
export type PayeeBody = z.output<typeof payeeSchema>;

/** `PUT /control/merchant-accounts/{account}` */
export const merchantAccountSchema = z.strictObject({
  balance: balance.optional(),
  /** Of one transfer; `null` for none. */
  limit: yuan.nullable().optional(),
});
export type MerchantAccountBody = z.output<typeof merchantAccountSchema>;

const rate = z.number().min(0).max(1);
const times = z.number().int().min(0).max(1_000_000);
type KindMap<Value extends z.ZodType> = Record<(typeof ALL_FAULT_KINDS)[number], z.ZodOptional<Value>>;

function perKind<Value extends z.ZodType>(value: Value) {
  return z.strictObject(
    Object.fromEntries(ALL_FAULT_KINDS.map((kind) => [kind, value.optional()])) as KindMap<Value>,
  );
}

/** `POST /control/faults` */
export const faultsSchema = z.strictObject({
  seed: z.union([z.string().min(1).max(200), z.number().int()]).transform(String),
  rates: perKind(rate),
});
export type FaultsBody = z.output<typeof faultsSchema>;

/** `POST /control/trades/{outTradeNo}/faults` */
export const tradeFaultsSchema = z.strictObject({ faults: perKind(times) });
export type TradeFaultsBody = z.output<typeof tradeFaultsSchema>;

/** `GET /control/trades` */
export const listSchema = z.strictObject({
  status: z.enum(['WAITING', 'PAID', 'FINISHED', 'CLOSED']).optional(),
  channel: z.enum(CHANNEL_NAMES).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});
export type ListQuery = z.output<typeof listSchema>;
