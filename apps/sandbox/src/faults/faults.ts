import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Journal } from '../journal/journal.js';

/** Trouble with payments and refunds, and with calls of any kind; what each does. */
export const FAULT_KINDS = [
  /** The trade is paid and no notify is ever sent. */
  'notifyNever',
  /** Every notify of the trade carries a signature that does not fit its content. */
  'notifyTampered',
  /** The first notify comes long after the payment. */
  'notifyLate',
  /** The same notify comes three times: twice at once and once more. */
  'notifyDuplicate',
  /** A notify of the older state WAIT_BUYER_PAY comes after the one of the payment. */
  'notifyOutOfOrder',
  /** The buyer pays one fen less than asked, and the channel reports that amount. */
  'wrongAmount',
  /** The call is answered 502 and nothing is done. */
  'serverError',
  /** The call is refused for being one too many, and nothing is done. */
  'overloaded',
  /** The work is done, the answer says SYSTEM_ERROR. */
  'systemError',
  /** The call is answered by an `error_response` without a signature, and nothing is done. */
  'unsignedError',
  /** The work is done, the answer never comes. */
  'timeoutAfterWork',
  /** The work is done, the answer's content was changed after it was signed. */
  'tamperedReply',
  /** A closed trade can still be paid. */
  'paidAfterClose',
  /** A refund stays in process until the control API ends it. */
  'refundInProcess',
  /** A refund ends abnormally: it could not be handed to the buyer. */
  'refundAbnormal',
  /** A refund ends closed: nothing went back. */
  'refundClosed',
  /** A refund or a transfer is refused because the merchant's account does not have the money; nothing is done. */
  'notEnough',
] as const;

/** Trouble with money that goes out to somebody. */
export const TRANSFER_FAULT_KINDS = [
  /** The channel works at it for a while, then goes on as usual. */
  'transferLate',
  /** The channel works at it until the control API ends it. */
  'transferInProcess',
  /** Taken, and worked at for a while; meanwhile calls are answered as if nobody knew anything of it. */
  'transferUnknown',
  /** Taken, and fails after a while. */
  'transferFails',
  /** Arrives, and comes back later; only where the channel knows such a thing. */
  'transferReturned',
  /** There is no such payee. */
  'payeeUnknown',
  /** The payee's real name is another one. */
  'payeeNameWrong',
  /** More than may be transferred in a day. */
  'transferLimit',
] as const;

/** Everything that can be ordered. */
export const ALL_FAULT_KINDS = [...FAULT_KINDS, ...TRANSFER_FAULT_KINDS] as const;

export type FaultKind = (typeof ALL_FAULT_KINDS)[number];

export type FaultRates = Partial<Record<FaultKind, number>>;

export interface FaultPlan {
  readonly seed: string;
  /** Share of the opportunities, 0 to 1. */
  readonly rates: FaultRates;
}

type OneShots = Partial<Record<FaultKind, number>>;

const PLAN_KIND = 'fault-plan';
const ONE_SHOTS_KIND = 'fault-one-shots';

/**
 * Decides when trouble strikes. A die is thrown from the seed, the kind, the trade and how often this was asked about that
 * trade before, and from nothing else: so the same payments meet the same trouble in every run with the same seed, in
 * whatever order their requests come in.
 */
@Injectable()
export class Faults {
  private plan: FaultPlan | undefined;
  private readonly oneShots = new Map<string, OneShots>();
  private readonly asked = new Map<string, number>();
  private readonly fired = new Map<FaultKind, number>();

  constructor(private readonly journal: Journal) {
    this.plan = journal.take<FaultPlan | null>(PLAN_KIND)[0] ?? undefined;
    for (const { subject, counts } of journal.take<{ subject: string; counts: OneShots }>(ONE_SHOTS_KIND)) {
      this.oneShots.set(subject, counts);
    }
  }

  /** Random trouble from now on; replaces the plan before, and starts its dice anew. */
  configure(plan: FaultPlan): void {
    this.plan = plan;
    this.asked.clear();
    this.fired.clear();
    this.journal.put(PLAN_KIND, 'plan', plan);
  }

  /** No trouble any more, neither at random nor ordered for single trades. */
  clear(): void {
    this.plan = undefined;
    this.asked.clear();
    this.fired.clear();
    this.journal.put(PLAN_KIND, 'plan', null);
    for (const subject of this.oneShots.keys()) this.saveOneShots(subject, {});
    this.oneShots.clear();
  }

  /** Trouble for one trade, each kind as many times as told; the trade need not exist yet. */
  order(subject: string, counts: OneShots): OneShots {
    const all: OneShots = { ...this.oneShots.get(subject) };
    for (const kind of ALL_FAULT_KINDS) {
      if (counts[kind] !== undefined) all[kind] = counts[kind];
    }
    this.oneShots.set(subject, all);
    this.saveOneShots(subject, all);
    return all;
  }

  /** Whether this trouble strikes now; asking counts as an opportunity. */
  strikes(kind: FaultKind, subject: string): boolean {
    const struck = this.takeOneShot(kind, subject) || this.throwDie(kind, subject);
    if (struck) this.fired.set(kind, (this.fired.get(kind) ?? 0) + 1);
    return struck;
  }

  orderedFor(subject: string): OneShots {
    return { ...this.oneShots.get(subject) };
  }

  describe(): { seed: string | null; rates: FaultRates; fired: Partial<Record<FaultKind, number>> } {
    return {
      seed: this.plan?.seed ?? null,
      rates: this.plan?.rates ?? {},
      fired: Object.fromEntries(this.fired),
    };
  }

  private takeOneShot(kind: FaultKind, subject: string): boolean {
    const counts = this.oneShots.get(subject);
    const left = counts?.[kind] ?? 0;
    if (counts === undefined || left === 0) return false;
    counts[kind] = left - 1;
    this.saveOneShots(subject, counts);
    return true;
  }

  private throwDie(kind: FaultKind, subject: string): boolean {
    const rate = this.plan?.rates[kind] ?? 0;
    if (this.plan === undefined || rate === 0) return false;
    const key = `${kind}\n${subject}`;
    const time = this.asked.get(key) ?? 0;
    this.asked.set(key, time + 1);
    const digest = createHash('sha256').update(`${this.plan.seed}\n${key}\n${time}`).digest();
    return digest.readUIntBE(0, 6) / 2 ** 48 < rate;
  }

  private saveOneShots(subject: string, counts: OneShots): void {
    this.journal.put(ONE_SHOTS_KIND, subject, { subject, counts });
  }
}
