import { Redis } from 'ioredis';
import { type OwnerLock, RedlockOwnerLock, SharedOwnerLock } from '#libs/locks';
import { CuttingProxy, eventually, startTestRedis } from '#libs/testing';
import type { TransferOutcome, TransferRequest } from '../../ledger/transfer.js';
import { TransferRepository } from '../../ledger/transfer.repository.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../test-ledger.js';
import { BookReader } from './book-reader.js';
import { CommitLog, LoggedTransfers } from './commit-log.js';
import { type Answered, type Fault, Judge } from './judge.js';
import type { Wish } from './model-book.js';
import { RandomLife } from './random-life.js';

export interface PlayOptions {
  readonly seed: number;
  /** Which sequences, by their numbers; the same number is the same sequence. */
  readonly sequences: readonly number[];
  readonly rich: boolean;
}

export interface Played {
  readonly faults: readonly Fault[];
  /** How many of what: posted, rejected by code, conflicts, replays, cuts, flushes. */
  readonly counts: ReadonlyMap<string, number>;
  /** Kinds of transfer of which at least one was posted. */
  readonly kinds: ReadonlySet<string>;
}

const AT_ONCE = 50;
const BURSTS = 9;
/** Which replica is asked by turns: waiting for each other's locks is what takes the time in here. */
const ASKED = [0, 1, 0, 2, 0];
/** Longer than any queue at a wallet in here. */
const LOCK_WAIT_MS = 60_000;

/**
 * Plays random sequences on three replicas: one without a lock, one with, and one that has the lock and a connection to
 * MySQL that breaks at COMMIT now and then; meanwhile Redis, where the locks are, is emptied.
 */
export async function play({ seed, sequences, rich }: PlayOptions): Promise<Played> {
  const stage = await openStage();
  try {
    const judge = new Judge(stage.log, new BookReader(stage.book.database));
    const faults: Fault[] = [];
    for (let begun = 0; begun < sequences.length && faults.length === 0; begun += AT_ONCE) {
      const scene = new Scene(stage);
      await stage.trouble();
      const lives = sequences
        .slice(begun, begun + AT_ONCE)
        .map((number) => new RandomLife({ seed, number, rich, ...scene.surroundings }));
      await Promise.all(lives.map((life) => scene.live(life)));
      faults.push(...(await judge.judge(scene.answers, (request) => scene.asked.get(request))));
    }
    return { faults, counts: new Map([...judge.counts, ['cuts', stage.proxy.cuts]]), kinds: judge.kinds };
  } finally {
    await stage.close();
  }
}

interface Stage {
  readonly book: TestLedger;
  readonly log: CommitLog;
  readonly proxy: CuttingProxy;
  readonly replicas: readonly LedgerReplica[];
  nextNumber(): string;
  /** Two connections will break, and the locks are gone. */
  trouble(): Promise<void>;
  close(): Promise<void>;
}

async function openStage(): Promise<Stage> {
  const book = await startTestLedger();
  const [proxy, server] = [await CuttingProxy.to(book.url), await startTestRedis()];
  const redis = new Redis(server.url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  await eventually('Redis is connected', () => redis.status === 'ready');
  const log = new CommitLog();
  const transfers = new LoggedTransfers(log);
  const lock = (): OwnerLock =>
    new SharedOwnerLock(
      new RedlockOwnerLock({ redis, observer: { onUnlocked: () => undefined }, waitMs: LOCK_WAIT_MS }),
    );
  const replicas = [
    await book.replica({ transfers }),
    await book.replica({ transfers, lock: lock() }),
    await book.replica({ transfers, lock: lock(), url: proxy.url }),
  ];
  let last = 1_000_000;
  let cutsOrdered = 0;
  return {
    book,
    log,
    proxy,
    replicas,
    nextNumber: () => String((last += 1)),
    trouble: async () => {
      // Never three for one batch: then it would not be known what became of it.
      if (proxy.cuts === cutsOrdered) {
        proxy.cutAtCommit('request', 'answer');
        cutsOrdered += 2;
      }
      await redis.flushall();
    },
    close: async () => {
      redis.disconnect();
      await Promise.all([server.stop(), book.stop()]);
      await proxy.close();
    },
  };
}

/** Some lives beside each other, and all that is asked and answered in them. */
class Scene {
  readonly answers: Answered[] = [];
  readonly asked = new Map<TransferRequest, { wish: Wish; sequence: number }>();
  private readonly transfers = new TransferRepository();

  constructor(private readonly stage: Stage) {}

  readonly surroundings = {
    nextNumber: () => this.stage.nextNumber(),
    findHeld: async (refundId: string) => {
      const held = await this.transfers.findPosted(this.stage.book.database, 'refund_hold', refundId);
      if (!held) throw new Error(`Nothing is held for refund ${refundId}`);
      return held.entries;
    },
  };

  async live(life: RandomLife): Promise<void> {
    for (let burst = 0; burst < BURSTS; burst += 1) {
      const { asked, freeze } = life.nextBurst();
      const calls = asked.flatMap(({ wish, callers }, place) =>
        Array.from({ length: callers }, (_, caller) => this.ask(life, wish, place + caller)),
      );
      await Promise.all([...calls, freeze && this.freeze(freeze)]);
    }
  }

  private async ask(life: RandomLife, wish: Wish, place: number): Promise<void> {
    const replica = this.stage.replicas[ASKED[place % ASKED.length] ?? 0];
    if (!replica) throw new Error('There is no such replica');
    const request = await wish.request();
    this.asked.set(request, { wish, sequence: life.number });
    const answer = await replica.ledger
      .post(request)
      .catch((error: unknown): Error => (error instanceof Error ? error : new Error(String(error))));
    this.answers.push({ sequence: life.number, wish, answer });
    if (isGranted(answer)) life.granted(wish);
  }

  /** An operator stops an account, or lets it go. It has its place in the order of commit like everything else. */
  private async freeze({ code, frozen }: { code: string; frozen: boolean }): Promise<void> {
    await this.stage.book.database.transaction(async (transaction) => {
      const rows = await transaction.query('SELECT `id` FROM `account` WHERE `code` = ? FOR UPDATE', [code]);
      if (rows.length === 0) return;
      this.stage.log.add({ code, frozen });
      await transaction.write('UPDATE `account` SET `frozen` = ? WHERE `code` = ?', [frozen, code]);
    });
  }
}

const isGranted = (answer: TransferOutcome | Error): boolean =>
  !(answer instanceof Error) && answer.status === 'posted';
