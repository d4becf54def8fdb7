import { ReplyError, type Redis } from 'ioredis';
import { MESSAGE_FIELD } from './keys.js';
import { RedisScript } from './redis-script.js';

/** One message as the group gave it to this consumer. */
export interface Delivery {
  /** Id of the stream entry: Redis's time when it was appended, and a sequence number. */
  readonly entryId: string;
  /** Empty when the entry has none. */
  readonly message: string;
  /** 1 at the first delivery. */
  readonly deliveries: number;
}

export interface OtherConsumer {
  readonly name: string;
  readonly pending: number;
  readonly idleMs: number;
}

type Entry = readonly [id: string, fields: readonly string[] | null];
/** Redis 7 answers XINFO with flat lists of names and values. */
type Info = readonly (string | number | null)[];
type PendingRow = readonly [id: string, consumer: string, idleMs: number, deliveries: number];

/** Gives this consumer's own pending entries to it once more, counting the delivery; others' entries stay theirs. */
const REDELIVER = new RedisScript(`
  local redelivered = {}
  for i = 3, #ARGV do
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])
    if pending[1] then
      local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i])[1]
      if entry then redelivered[#redelivered + 1] = { entry, pending[1][4] + 1 } end
    end
  end
  return redelivered
`);

/** Removing a consumer discards what is pending for it, so that must be nothing, in the same instant. */
const REMOVE_IF_NOTHING_PENDING = new RedisScript(`
  if redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2])[1] then return 0 end
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
  return 1
`);

/** The commands of one consumer in one group of one stream. */
export class ConsumerGroup {
  constructor(
    private readonly redis: Redis,
    readonly stream: string,
    readonly group: string,
    readonly consumer: string,
  ) {}

  /** From the stream's beginning, so that nothing published before the group existed is skipped. */
  async create(): Promise<void> {
    try {
      await this.redis.xgroup('CREATE', this.stream, this.group, '0', 'MKSTREAM');
    } catch (error) {
      if (!(error instanceof ReplyError) || !String(error).includes('BUSYGROUP')) throw error;
    }
  }

  /** Waits up to `blockMs` for messages that no consumer has had yet. */
  async read(count: number, blockMs: number): Promise<readonly Delivery[]> {
    const reply = (await this.redis.xreadgroup(
      'GROUP',
      this.group,
      this.consumer,
      'COUNT',
      count,
      'BLOCK',
      blockMs,
      'STREAMS',
      this.stream,
      '>',
    )) as readonly (readonly [string, readonly Entry[]])[] | null;
    return (reply?.[0]?.[1] ?? []).map((entry) => toDelivery(entry, 1));
  }

  async pendingIds(consumer: string, count: number, minIdleMs: number): Promise<ReadonlyMap<string, number>> {
    const rows = (await this.redis.xpending(
      this.stream,
      this.group,
      'IDLE',
      minIdleMs,
      '-',
      '+',
      count,
      consumer,
    )) as readonly PendingRow[];
    return new Map(rows.map(([id, , , deliveries]) => [id, deliveries]));
  }

  /** Takes over entries that have been idle for `minIdleMs`; of two that try, one succeeds. */
  async claim(ids: ReadonlyMap<string, number>, minIdleMs: number): Promise<readonly Delivery[]> {
    if (ids.size === 0) return [];
    const entries = (await this.redis.xclaim(
      this.stream,
      this.group,
      this.consumer,
      minIdleMs,
      ...ids.keys(),
    )) as readonly Entry[];
    return entries.map((entry) => toDelivery(entry, (ids.get(entry[0]) ?? 0) + 1));
  }

  async redeliver(ids: readonly string[]): Promise<readonly Delivery[]> {
    const rows = await REDELIVER.run(this.redis, [this.stream], [this.group, this.consumer, ...ids]);
    return (rows as readonly (readonly [Entry, number])[]).map(([entry, deliveries]) =>
      toDelivery(entry, deliveries),
    );
  }

  async others(): Promise<readonly OtherConsumer[]> {
    const rows = (await this.redis.xinfo('CONSUMERS', this.stream, this.group)) as readonly Info[];
    return rows
      .map((row) => ({
        name: String(valueOf(row, 'name')),
        pending: Number(valueOf(row, 'pending')),
        idleMs: Number(valueOf(row, 'idle')),
      }))
      .filter(({ name }) => name !== this.consumer);
  }

  async removeIfNothingPending(consumer: string): Promise<void> {
    await REMOVE_IF_NOTHING_PENDING.run(this.redis, [this.stream], [this.group, consumer]);
  }
}

/** Messages of a group that no consumer is done with: those not read yet, and those pending. */
export async function backlogOf(redis: Redis, stream: string, group: string): Promise<number> {
  const rows = (await redis.xinfo('GROUPS', stream)) as readonly Info[];
  const row = rows.find((info) => valueOf(info, 'name') === group) ?? [];
  return Number(valueOf(row, 'pending') ?? 0) + Number(valueOf(row, 'lag') ?? 0);
}

/** The stream or its group is gone: after FLUSHALL, after a restart without data, or because somebody deleted it. */
export function isGroupGone(error: unknown): boolean {
  return error instanceof ReplyError && /NOGROUP|UNBLOCKED|no such key/i.test(String(error));
}

function toDelivery([entryId, fields]: Entry, deliveries: number): Delivery {
  const at = fields?.indexOf(MESSAGE_FIELD) ?? -1;
  return { entryId, message: at < 0 ? '' : (fields?.[at + 1] ?? ''), deliveries };
}

function valueOf(info: Info, name: string): string | number | null | undefined {
  const at = info.indexOf(name);
  return at < 0 ? undefined : info[at + 1];
}
