import { EPOCH_MS, GENES, LAST_MS, SEQUENCES, encodeId } from './id-layout.js';

/** The right to issue ids under a node number, for a span of time. */
export interface NodeGrant {
  /** 0 to 63. */
  readonly node: number;
  /** Ids up to this moment may have been issued under this number by an earlier holder. Unix ms. */
  readonly afterMs: number;
  /** No id may say it was issued later than this: from then on the number may be somebody else's. Unix ms. */
  readonly untilMs: number;
}

/** Who gives the right to issue ids; `NodeLease` in a service. */
export interface NodeGrants {
  /** @throws IdRefusedError when there is no right to issue ids at this moment. */
  current(): NodeGrant;
}

export interface IdGeneratorOptions {
  readonly grants: NodeGrants;
  /** Unix ms; `Date.now` unless a test turns the clock. */
  readonly clock?: () => number;
}

/** No id can be issued now without the risk of issuing it twice. Worth trying again in a moment. */
export class IdRefusedError extends Error {
  override readonly name = 'IdRefusedError';
}

/** A small step back is ridden out on the sequence numbers that are left; a larger one is refused. */
const MAX_STEP_BACK_MS = 2_000;
/** The sequence starts anywhere below this, so that the last digits neither cluster nor tell how busy we are. */
const SEQUENCE_START = 16;
const LAST_SEQUENCE = SEQUENCES - 1;
/** A millisecond is waited for in place when it is the next one or the one after; see `nextMillisecond`. */
const MAX_SPIN_BEHIND_MS = 1;
/** Only a clock that stands still takes this long. */
const MAX_SPIN_MS = 50;

/**
 * Issues ids that are unique over all nodes without asking anybody, at most 1,024 a millisecond; each is larger than
 * the one before of the same generator and gene. One node number has one generator.
 */
export class IdGenerator {
  private readonly grants: NodeGrants;
  private readonly clock: () => number;
  private lastMs = -Infinity;
  private sequence = LAST_SEQUENCE;

  constructor({ grants, clock = Date.now }: IdGeneratorOptions) {
    this.grants = grants;
    this.clock = clock;
  }

  /**
   * @param gene 0 to 63: what the id shall belong to.
   * @throws IdRefusedError when the clock has stepped back too far, or the node number is not (or no longer) ours.
   */
  next(gene: number): bigint {
    if (!Number.isInteger(gene) || gene < 0 || gene >= GENES) {
      throw new RangeError(`${gene} is no gene: 0 to ${GENES - 1}`);
    }
    const { node, afterMs, untilMs } = this.grants.current();
    // An earlier holder of this number (perhaps between two leases of ours) may have used all of this millisecond.
    if (afterMs >= this.lastMs) {
      this.lastMs = afterMs;
      this.sequence = LAST_SEQUENCE;
    }
    const nowMs = this.clock();
    this.refuseFarStepBack(nowMs);
    const sameMs = nowMs <= this.lastMs && this.sequence < LAST_SEQUENCE;
    const atMs = sameMs ? this.lastMs : nowMs > this.lastMs ? nowMs : this.nextMillisecond();
    // Before anything is noted down: a clock that jumps ahead for a moment must not make the present look like a step back.
    refuseOutside(atMs, untilMs, node);
    this.sequence = sameMs ? this.sequence + 1 : Math.floor(Math.random() * SEQUENCE_START);
    this.lastMs = atMs;
    return encodeId(atMs, node, gene, this.sequence);
  }

  /** As `next`, in the form that everything but arithmetic wants. */
  nextId(gene: number): string {
    return this.next(gene).toString();
  }

  /** The latest moment that an id of ours says it was issued at: what a successor must stay behind. Unix ms. */
  get lastIssuedMs(): number {
    return this.lastMs;
  }

  /**
   * Waits in place for a millisecond after the last one, which was used up. That blocks the process for less than 1 ms
   * (2 ms where the clock is just being slewed), sooner than any timer would fire, and keeps `next` free of promises: a
   * service that issues 400 ids a second never gets here, a test that issues a million does.
   */
  private nextMillisecond(): number {
    const startedAt = performance.now();
    for (;;) {
      // Before the clock is read: whoever was paused in between finds that the clock has moved on too.
      const spunMs = performance.now() - startedAt;
      const nowMs = this.clock();
      if (nowMs > this.lastMs) return nowMs;
      const behindMs = this.lastMs - nowMs;
      if (behindMs > MAX_SPIN_BEHIND_MS || spunMs > MAX_SPIN_MS) {
        throw new IdRefusedError(
          `The clock is ${behindMs} ms behind the last id, whose millisecond is used up: no ids until it has caught up`,
        );
      }
    }
  }

  private refuseFarStepBack(nowMs: number): void {
    const behindMs = this.lastMs - nowMs;
    if (behindMs > MAX_STEP_BACK_MS) {
      throw new IdRefusedError(
        `The clock stepped back by ${behindMs} ms: no ids until it has caught up, or until this process is started again`,
      );
    }
  }
}

function refuseOutside(atMs: number, untilMs: number, node: number): void {
  if (atMs > untilMs) {
    throw new IdRefusedError(
      `The right to node ${node} ends ${atMs - untilMs} ms before the id's own time: has the clock jumped ahead?`,
    );
  }
  if (atMs < EPOCH_MS || atMs > LAST_MS) {
    throw new IdRefusedError(`The clock says ${atMs}, which is not between 2010 and 2079: set it right`);
  }
}
