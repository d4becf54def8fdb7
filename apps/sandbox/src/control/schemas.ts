import { z } from 'zod';
import { FAULT_KINDS } from '../faults/faults.js';
import { NOTIFY_MALFORMATIONS } from '../notify/notify-job.js';
import { NOTIFY_MODES } from '../notify/notify-plan.js';
import { MAX_FEN, parseYuan } from '../trade/fen.js';
import { CHANNEL_NAMES } from '../trade/trade.js';

const DAY_MS = 86_400_000;

const yuan = z.string().transform((text, context) => {
  const fen = parseYuan(text);
  if (fen !== undefined && fen >= 1n && fen <= MAX_FEN) return fen;
  context.issues.push({ code: 'custom', message: 'must be an amount in yuan, as "50.00"', input: text });
  return z.NEVER;
});

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

const rate = z.number().min(0).max(1);
const times = z.number().int().min(0).max(1_000_000);
type KindMap<Value extends z.ZodType> = Record<(typeof FAULT_KINDS)[number], z.ZodOptional<Value>>;

function perKind<Value extends z.ZodType>(value: Value) {
  return z.strictObject(
    Object.fromEntries(FAULT_KINDS.map((kind) => [kind, value.optional()])) as KindMap<Value>,
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
