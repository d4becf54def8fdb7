import { z } from 'zod';
import { type ChainPosition, CHAIN_BEGIN } from '#libs/chain';

const moment = z.coerce.date();
const count = z.number().int();

const replayState = z.object({
  pass: count,
  phase: z.enum(['accounts', 'transfers']),
  startedAt: moment,
  entries: count,
  transfers: count,
  /** Every account up to this one is done. */
  accountId: z.string(),
  /** The account after it that is not done yet: how far, and whereto. */
  walk: z
    .object({
      accountId: z.string(),
      seq: count,
      links: z.array(z.string()),
      balances: z.array(z.string()),
      untilSeq: count,
    })
    .nullable(),
  /** Every transfer up to this one is done. */
  transferId: z.string(),
  lastPass: z.object({ startedAt: moment, finishedAt: moment, entries: count, transfers: count }).nullable(),
});

/** How far the replay is; written with each round. */
export type ReplayState = z.output<typeof replayState>;

export function newPass(pass: number, lastPass: ReplayState['lastPass'], startedAt: Date): ReplayState {
  return {
    pass,
    phase: 'accounts',
    startedAt,
    entries: 0,
    transfers: 0,
    accountId: '0',
    walk: null,
    transferId: '0',
    lastPass,
  };
}

export function parseReplayState(state: string | null): ReplayState {
  return state === null ? newPass(1, null, new Date()) : replayState.parse(JSON.parse(state));
}

/** Where the walk along an account goes on: at its beginning unless it was begun before. */
export function positionOf(walk: ReplayState['walk'], accountId: string): ChainPosition {
  if (walk?.accountId !== accountId) return CHAIN_BEGIN;
  return {
    seq: walk.seq,
    links: walk.links.map((link) => Buffer.from(link, 'hex')),
    balances: walk.balances.map(BigInt),
  };
}

export function walkAt(accountId: string, untilSeq: number, position: ChainPosition): ReplayState['walk'] {
  return {
    accountId,
    untilSeq,
    seq: position.seq,
    links: position.links.map((link) => link.toString('hex')),
    balances: position.balances.map(String),
  };
}
