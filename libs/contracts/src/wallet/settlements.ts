import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, pageOf, pageSize } from '../fields.js';
import { channelName } from '../payment/recharge.js';

/** `payout`: the channel has paid out to our bank. `top_up`: we have paid in to our balance at the channel, which payouts are paid from. */
export const settlementDirection = z.enum(['payout', 'top_up']);
export type SettlementDirection = z.output<typeof settlementDirection>;

/** RECORDED: the ledger is being asked. REFUSED: it said no, and the bank's line may be recorded again. */
export const settlementState = z.enum(['RECORDED', 'POSTED', 'REFUSED']);
export type SettlementState = z.output<typeof settlementState>;

const terms = {
  channel: channelName,
  direction: settlementDirection,
  /** What the bank's statement says came in or went out. */
  amount: micros.refine((value) => value > 0n, 'must be more than zero'),
  /** What the channel has kept: beside a payout, or of a top-up. */
  fee: micros.refine((value) => value >= 0n, 'must not be negative'),
};

/** The number of the bank's line, as it is compared: letters of either case are the same. */
export const bankReference = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[\w./-]{1,64}$/, "must be the number of the bank's line: letters, digits, . / _ and - only");

export const settlement = z.object({
  ...terms,
  id,
  state: settlementState,
  bankReference: z.string(),
  /** The day that the bank booked it on. */
  valueDate: z.iso.date(),
  recordedBy: id,
  recordedAt: instant,
  transferId: id.nullable(),
  refusal: z.string().nullable(),
});
export type Settlement = z.output<typeof settlement>;

/** Books money between a channel and our bank, once per line of the bank. Sent again, it gives the same settlement. */
export const recordSettlement = rpc('wallet.record-settlement', {
  request: z.object({ ...terms, operatorId: id, bankReference, valueDate: z.iso.date() }),
  response: settlement,
  errors: ['VALIDATION_FAILED', 'SETTLEMENT_EXISTS'],
});

/** Newest first. */
export const listSettlements = rpc('wallet.list-settlements', {
  request: z.object({
    channel: channelName.optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(settlement),
});
