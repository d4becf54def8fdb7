/**
 * What has to happen in Redis in one step. A *lease* is the right to store what is being loaded, after Nishtala et al.,
 * "Scaling Memcache at Facebook" (NSDI'13), §3.2.1: given on a miss, taken away by an invalidation. Unlike a counter of
 * generations it is also gone after a `FLUSHALL`, so nothing that was loaded before one is stored after it.
 */

/**
 * On a miss: the lease under which to load. Whoever else misses meanwhile gets the same one.
 *
 * KEYS value, lease. ARGV a new lease, its life in ms, an unusable value that counts as none.
 * Gives {value, lease}, of which one is nil: somebody may have stored a value in between.
 */
export const BEGIN_LOAD = `
local value = redis.call('GET', KEYS[1])
if value and value ~= ARGV[3] then return {value, false} end
local lease = redis.call('GET', KEYS[2])
if lease then return {false, lease} end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {false, ARGV[1]}`;

/** Stores what was loaded if the lease still stands. KEYS value, lease. ARGV the lease, the value, its life in ms. */
export const STORE = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1`;

/** Redis's own clock, in ms: the replicas' may differ by more than the delay. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Notes a key down for its second deletion. KEYS the list. ARGV delay in ms, the key. */
export const DOOM = `${NOW}
return redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[2])`;

/** Gives the keys that are due, each followed by its due time. KEYS the list. ARGV how many at most. */
export const FIND_DUE = `${NOW}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1], 'WITHSCORES')`;

/**
 * Strikes off what was deleted a second time, unless it was invalidated anew meanwhile and is due later now.
 *
 * KEYS the list. ARGV keys, each followed by its due time as it was found.
 */
export const STRIKE_OFF = `
for i = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return 1`;
