/**
 * What the scripts of a line begin with. All state of a line lies in Redis under one hash tag, and changes only in these
 * scripts, by Redis's own clock:
 *
 * - `queue`   ZSET of waiting tickets; score = priority, then arrival (microseconds, no two alike)
 * - `slots`   ZSET of slots in use; score = when the slot is free again
 * - `running` ZSET of tickets that are admitted and not given back; score = until when their lease holds
 * - `owners`  ZSET of processes; score = when they were last heard of
 * - `keys`    HASH of call keys to the ticket that has them
 * - `health`  HASH: epoch, quietUntil, pacedTo, factor, circuit …, `probe:<ticket>`, and counters of each second
 */
export const PRELUDE = `
local queue, slots, running, owners, keys, health = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local second = tonumber(time[1])
local LIFE = 86400000
local function number(field, default) return tonumber(redis.call('HGET', health, field) or default) end
local function ownerOf(ticket) return string.match(ticket, '^[^/]+') end
local function keep() for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, LIFE) end end
`;

/** An owner that is silent for so long has lost its places in line; whoever waits or runs is heard of far more often. */
export const OWNER_SILENCE_MS = 3_000;
/** How long an admission holds that its owner has not confirmed. */
export const FIRST_LEASE_MS = 2_000;
/** How long a call's slot is kept after its owner was last heard of. */
export const LEASE_MS = 6_000;
/** So many may go back to back before the line spreads them over the second. */
const BURST = 10;
/** A little faster than the rate: the slots are the limit, and pacing only keeps calls apart. */
const PACE = 0.95;

/**
 * Admission itself. ARGV: owner, slots, holdMs, maxInFlight, wakePrefix.
 *
 * Calls that go all at once wait for each other at the resource, and hold their slots for as long. So admissions are spread
 * by the generic cell rate algorithm (ITU-T I.371): `pacedTo` is when the next would come at an even pace, and nobody is
 * admitted more than a burst ahead of it. It keeps calls short and the rate near its limit; the limit itself are the slots.
 *
 * Whoever is first is admitted, whoever they belong to. Tickets of others are told to them by PUBLISH; when nobody listens
 * there (killed, or connecting again), the place is not kept: who lives registers again, with its old arrival.
 */
export const ADMISSION = `${PRELUDE}
local owner, slotCount, holdMs, maxInFlight, wake = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local PRIORITY = 1000000000000000
local circuit = redis.call('HGET', health, 'circuit') or 'closed'

local function tell(holder, what, ticket)
  return redis.call('PUBLISH', wake .. holder, what .. ' ' .. string.format('%.0f', now) .. ' ' .. ticket)
end
local function isHeard(holder)
  return now - tonumber(redis.call('ZSCORE', owners, holder) or 0) <= ${OWNER_SILENCE_MS}
end

-- A buyer is a probe of an open circuit only when nobody else could be.
local function first()
  local others = circuit == 'open' and redis.call('ZRANGEBYSCORE', queue, string.format('%.0f', PRIORITY), '+inf', 'LIMIT', 0, 1) or {}
  return others[1] or redis.call('ZRANGE', queue, 0, 0)[1]
end

-- How many may be admitted now, and in how many ms it is worth while to look again.
local function capacity()
  redis.call('ZREMRANGEBYSCORE', slots, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', running, '-inf', now)
  local quietUntil = number('quietUntil', 0)
  if now < quietUntil then return 0, quietUntil - now end
  local usable = math.max(1, math.floor(slotCount * number('factor', 1)))
  local inFlight = maxInFlight - redis.call('ZCARD', running)
  local free = math.min(usable - redis.call('ZCARD', slots), inFlight)
  if circuit ~= 'closed' then
    local probeAt = number('probeAt', 0)
    if now < probeAt then return 0, probeAt - now end
    return math.min(free, 1), number('probeEveryMs', 2000)
  end
  -- Where calls in flight are what limits, the release of one admits the next.
  local due = inFlight > 0 and redis.call('ZRANGE', slots, 0, 0, 'WITHSCORES')[2]
  return free, due and math.min(holdMs, math.max(1, tonumber(due) - now)) or holdMs
end

local function admitWaiting()
  local free, comeAgainIn = capacity()
  local admitted = {}
  local interval = ${PACE} * 1000 / (slotCount * number('factor', 1))
  local ahead = ${BURST} * interval
  local pacedTo = number('pacedTo', 0)
  -- A clock that was put back must not stop the line.
  if pacedTo > now + ahead + interval then pacedTo = now end
  while free > 0 do
    local ticket = first()
    if not ticket then break end
    if pacedTo > now + ahead then
      comeAgainIn = math.min(comeAgainIn, math.max(1, math.ceil(pacedTo - ahead - now)))
      break
    end
    redis.call('ZREM', queue, ticket)
    local holder = ownerOf(ticket)
    if holder == owner or (isHeard(holder) and tell(holder, 'admitted', ticket) > 0) then
      redis.call('ZADD', slots, now + ${FIRST_LEASE_MS}, ticket)
      redis.call('ZADD', running, now + ${FIRST_LEASE_MS}, ticket)
      free = free - 1
      pacedTo = math.max(pacedTo, now) + interval
      if holder == owner then admitted[#admitted + 1] = ticket end
      if circuit ~= 'closed' then
        redis.call('HSET', health, 'probe:' .. ticket, now, 'probeAt', now + number('probeEveryMs', 2000))
      end
    end
  end
  redis.call('HSET', health, 'pacedTo', string.format('%.1f', pacedTo))
  return admitted, comeAgainIn
end

-- Who waits in front of a screen is told at once that there is nothing to wait for.
local function refuseBuyers()
  local refused = {}
  for _, ticket in ipairs(redis.call('ZRANGEBYSCORE', queue, '-inf', string.format('(%.0f', PRIORITY))) do
    redis.call('ZREM', queue, ticket)
    if ownerOf(ticket) == owner then refused[#refused + 1] = ticket else tell(ownerOf(ticket), 'refused', ticket) end
  end
  return refused
end
`;
