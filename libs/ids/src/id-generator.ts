import { EPOCH_MS, GENES, SEQUENCES, encodeId } from './id-layout.js';

/** The right to issue ids under a node number, for a span of time. */
export interface NodeGrant {
  readonly node: number;
  /** Ids up to this moment may have been issued under this number by an earlier holder. Unix ms. */
  readonly afterMs: number;
  /** No id may say it was issued later than this: until then nobody else gets the number. Unix ms. */
  readonly untilMs: number;
}

export interface NodeGrants {
  /** @throws Error when there is no right to issue ids at this moment. */
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
/** The sequence starts anywhere below this, so that the last digits don't tell how busy we are. */
const SEQUENCE_START = 16;
const LONGEST_SPIN_MS = 5;

/** Issues ids that are unique over all nodes, without asking anybody. Not more than 1,000 a millisecond. */
export class IdGenerator {
  private readonly clock: () => number;
  private node = -1;
  private lastMs = -Infinity;
  private sequence = 0;

  constructor(private readonly options: IdGeneratorOptions) {
    this.clock = options.clock ?? Date.now;
  }

  /**
   * @param gene 0 to 63: what the id shall belong to.
   * @throws IdRefusedError when the clock has stepped back too far, or the node number is no longer ours.
   */
  next(gene: number): bigint {
    if (!Number.isInteger(gene) || gene < 0 || gene >= GENES) throw new RangeError(`${gene} is no gene: 0 to 63`);
    const grant = this.options.grants.current();
    if (grant.node !== this.node) {
      this.node = grant.node;
      this.lastMs = grant.afterMs;
      this.sequence = SEQUENCES;
    }
    this.advance();
    if (this.lastMs > grant.untilMs) {
      throw new IdRefusedError(`The right to node ${grant.node} ends before the id's own time: the clock has jumped ahead`);
    }
    return encodeId(this.lastMs - EPOCH_MS, this.node, gene, this.sequence);
  }

  /** As `next`, in the form that everything but arithmetic wants. */
  nextId(gene: number): string {
    return this.next(gene).toString();
  }

  /** Moves to a (millisecond, sequence) that this node has never used. */
  private advance(): void {
    let nowMs = this.clock();
    if (nowMs <= this.lastMs && this.sequence + 1 < SEQUENCES) {
      this.refuseFarStepBack(nowMs);
      this.sequence += 1;
      return;
    }
    // The millisecond is used up. Its successor is under a millisecond away, less than any timer could wait.
    for (; nowMs <= this.lastMs; nowMs = this.clock()) {
      this.refuseFarStepBack(nowMs);
      if (this.lastMs - nowMs > LONGEST_SPIN_MS) {
        throw new IdRefusedError(`The clock is ${this.lastMs - nowMs} ms behind the last id: no number is left until it has caught up`);
      }
    }
    this.lastMs = nowMs;
    this.sequence = Math.floor(Math.random() * SEQUENCE_START);
  }

  private refuseFarStepBack(nowMs: number): void {
    const behindMs = this.lastMs - nowMs;
    if (behindMs > MAX_STEP_BACK_MS) {
      throw new IdRefusedError(`The clock stepped back by ${behindMs} ms: no ids until it has caught up`);
    }
  }

  /** The latest moment that an id of ours says it was issued at: what a successor must stay behind. Unix ms. */
  get lastIssuedMs(): number {
    return this.lastMs;
  }
}
