import { type Latencies, latenciesOf, runConcurrently } from '../recharge/figures.js';
import { type Book, WALLETS, openBook, verify, wallet } from './book.js';
import { ByHand } from './by-hand.js';

export interface LoadFigures extends Latencies {
  readonly perSecond: number;
}

export interface LedgerFigures {
  readonly ours: LoadFigures;
  readonly byHand: LoadFigures;
  readonly ratio: number;
}

/** Where the money goes: `hot`, all of it to one wallet; `cold`, each time to another. */
type Heat = 'hot' | 'cold';

const ROUNDS = 3;
/** Callers that wait for their posting at any moment. */
const CALLERS = 1_000;
/** A day of a busy platform has more callers than connections: ours share a transaction, by hand each waits for one. */
const OURS_PER_ROUND = 30_000;
const BY_HAND_PER_ROUND = 3_000;
const AMOUNT = 10_000n;

/** The ledger in this process beside a transaction per posting, in turns over books of the same size, verified after each run. */
export async function benchLedger(url: string): Promise<Record<Heat, LedgerFigures>> {
  return { hot: await compare(url, 'hot'), cold: await compare(url, 'cold') };
}

async function compare(url: string, heat: Heat): Promise<LedgerFigures> {
  const [book, handBook] = [await openBook(url, `ledger_${heat}`), await openBook(url, `by_hand_${heat}`)];
  const hand = new ByHand(url, `by_hand_${heat}`);
  const ours: LoadFigures[] = [];
  const byHand: LoadFigures[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await loadOurs(book, heat, round));
      byHand.push(await loadByHand(hand, handBook, heat));
    }
    await verify(book);
    await verify(handBook);
  } finally {
    await hand.close();
    await book.close();
    await handBook.close();
  }
  const [ourMedian, handMedian] = [medianOf(ours), medianOf(byHand)];
  return { ours: ourMedian, byHand: handMedian, ratio: ourMedian.perSecond / handMedian.perSecond };
}

/** Any other wallet than the one that gives. */
const receiver = (index: number, heat: Heat) => (heat === 'hot' ? 0 : (index * 7_919 + 1) % WALLETS);
const giver = (index: number) => 1 + (index % (WALLETS - 1));

function pairOf(index: number, heat: Heat): [from: number, to: number] {
  const from = giver(index);
  const to = receiver(index, heat);
  return from === to ? [from, (to + 1) % WALLETS] : [from, to];
}

async function loadOurs({ ledger }: Book, heat: Heat, round: number): Promise<LoadFigures> {
  return measured(OURS_PER_ROUND, CALLERS, async (index) => {
    const [from, to] = pairOf(index, heat);
    const key = `${round}-${index}`;
    const outcome = await ledger.post({
      kind: 'recharge',
      scope: 'bench',
      idempotencyKey: key,
      reference: key,
      externalId: null,
      headers: {},
      legs: [
        { account: wallet(from), amount: -AMOUNT },
        { account: wallet(to), amount: AMOUNT },
      ],
    });
    if (outcome.status !== 'posted') throw new Error(`A posting was refused: ${outcome.code}`);
  });
}

function loadByHand(hand: ByHand, { accountIds }: Book, heat: Heat): Promise<LoadFigures> {
  return measured(BY_HAND_PER_ROUND, hand.concurrency, (index) => {
    const [from, to] = pairOf(index, heat);
    return hand.post(accountIds[from] ?? '', accountIds[to] ?? '', AMOUNT);
  });
}

async function measured(
  count: number,
  callers: number,
  work: (index: number) => Promise<void>,
): Promise<LoadFigures> {
  const took: number[] = [];
  const startedAt = performance.now();
  await runConcurrently(count, callers, async (index) => {
    const sentAt = performance.now();
    await work(index);
    took.push(performance.now() - sentAt);
  });
  return { perSecond: count / ((performance.now() - startedAt) / 1_000), ...latenciesOf(took) };
}

/** Of each figure the median over all rounds: one disturbed round does not count. */
function medianOf(rounds: readonly LoadFigures[]): LoadFigures {
  const median = (figure: (round: LoadFigures) => number) =>
    rounds.map(figure).sort((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? NaN;
  return {
    perSecond: median((round) => round.perSecond),
    p50Ms: median((round) => round.p50Ms),
    p99Ms: median((round) => round.p99Ms),
  };
}
