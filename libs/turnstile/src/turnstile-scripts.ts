import type { Redis } from 'ioredis';

/**
 * All state of a line lies in Redis under one hash tag, and changes only in these scripts, by Redis's own clock:
 *
 * - `queue`   ZSET of waiting tickets; score = priority, then time of the first enqueuing
 * - `slots`   ZSET of slots in use; score = when the slot is free again
 * - `running` ZSET of tickets that are admitted and not given back; score = until when their lease holds
 * - `owners`  ZSET of processes; score = when they were last heard of
 * - `keys`    HASH of call keys to the ticket that has them
 * - `health`  HASH: epoch, quietUntil, factor, circuit …, and counters of each second
 */
const PRELUDE = `
local queue, slots, running, owners, keys, health = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local LIFE = 86400000
local function number(field, default) return tonumber(redis.call('HGET', health, field) or default) end
local function ownerOf(ticket) return string.match(ticket, '^[^/]+') end
local function keep() for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, LIFE) end end
`;

/** How long an owner that is silent keeps its places in line. */
const OWNER_SILENCE_MS = 10_000;

/**
 * Registers tickets, admits whoever is first, whoever they belong to, and says when to come again.
 *
 * ARGV: owner, slots, holdMs, maxInFlight, leaseMs, wakePrefix, count of waiting tickets, then for each:
 * ticket, priority, score (0: new), key (may be empty); then count of running tickets and the tickets.
 * Returns: epoch, ms until the next admission is possible, admitted[], duplicate[], refused by an open circuit[].
 */
const ADMIT = `${PRELUDE}
local owner, slotCount, holdMs, maxInFlight, leaseMs, wake = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
redis.call('ZADD', owners, now, owner)
local epoch = redis.call('HGET', health, 'epoch')
if not epoch then
  epoch = tostring(now) .. '-' .. owner
  -- Whoever was admitted before the memory was lost may still arrive: nobody new does for as long as a slot is held.
  redis.call('HSET', health, 'epoch', epoch, 'quietUntil', now + holdMs, 'factor', 1, 'circuit', 'closed')
end
local circuit = redis.call('HGET', health, 'circuit') or 'closed'
local duplicate, refused, admitted, at = {}, {}, {}, 8
for _ = 1, tonumber(ARGV[7]) do
  local ticket, priority, score, key = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]
  at = at + 4
  if redis.call('ZSCORE', running, ticket) then
    admitted[#admitted + 1] = ticket
  elseif not redis.call('ZSCORE', queue, ticket) then
    local holder = key ~= '' and redis.call('HGET', keys, key) or false
    if holder and holder ~= ticket and (redis.call('ZSCORE', queue, holder) or redis.call('ZSCORE', running, holder)) then
      duplicate[#duplicate + 1] = ticket
    elseif circuit == 'open' and priority == 0 then
      refused[#refused + 1] = ticket
    else
      if key ~= '' then redis.call('HSET', keys, key, ticket) end
      if score == 0 then score = priority * 1e15 + (time[1] - 1600000000) * 1e6 + time[2] end
      redis.call('ZADD', queue, string.format('%.0f', score), ticket)
    end
  end
end
local runningCount = tonumber(ARGV[at])
for index = 1, runningCount do
  local ticket = ARGV[at + index]
  redis.call('ZADD', running, now + leaseMs, ticket)
  redis.call('ZADD', slots, now + leaseMs, ticket)
end
redis.call('ZREMRANGEBYSCORE', slots, '-inf', now)
redis.call('ZREMRANGEBYSCORE', running, '-inf', now)
local function nextDue()
  local first = redis.call('ZRANGE', slots, 0, 0, 'WITHSCORES')
  return first[2] and math.max(1, tonumber(first[2]) - now) or holdMs
end
local comeAgainIn = holdMs
local quietUntil = number('quietUntil', 0)
local factor = number('factor', 1)
local usable = math.max(1, math.floor(slotCount * factor))
local free = math.min(usable - redis.call('ZCARD', slots), maxInFlight - redis.call('ZCARD', running))
if now < quietUntil then
  free, comeAgainIn = 0, quietUntil - now
elseif circuit ~= 'closed' then
  local probeAt = number('probeAt', 0)
  if now < probeAt then free, comeAgainIn = 0, probeAt - now
  else free, comeAgainIn = math.min(free, 1), number('probeEveryMs', 2000) end
end
local admittedAny = false
while free > 0 do
  local ticket = redis.call('ZRANGE', queue, 0, 0)[1]
  if not ticket then break end
  redis.call('ZREM', queue, ticket)
  local holder = ownerOf(ticket)
  local heard = tonumber(redis.call('ZSCORE', owners, holder) or 0)
  if now - heard <= ${OWNER_SILENCE_MS} then
    redis.call('ZADD', slots, now + leaseMs, ticket)
    redis.call('ZADD', running, now + leaseMs, ticket)
    free, admittedAny = free - 1, true
    if holder == owner then admitted[#admitted + 1] = ticket else redis.call('PUBLISH', wake .. holder, ticket) end
  end
end
if admittedAny and circuit ~= 'closed' then redis.call('HSET', health, 'probeAt', now + number('probeEveryMs', 2000)) end
if free <= 0 and now >= quietUntil and circuit == 'closed' then comeAgainIn = math.min(comeAgainIn, nextDue()) end
keep()
return { epoch, comeAgainIn, admitted, duplicate, refused }
`;

/**
 * Gives a slot back, for use again one hold later; learns from the outcome.
 *
 * ARGV: ticket, key, holdMs, outcome (ok | refused | overloaded | failed), reason.
 * Returns the circuit's new state and reason when this changed it, else nothing.
 */
const RELEASE = `${PRELUDE}
local ticket, key, holdMs, outcome, reason = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
redis.call('ZREM', running, ticket)
redis.call('ZADD', slots, now + holdMs, ticket)
if key ~= '' and redis.call('HGET', keys, key) == ticket then redis.call('HDEL', keys, key) end
local second = math.floor(now / 1000)
local bad = outcome == 'overloaded' or outcome == 'failed'
redis.call('HINCRBY', health, 'calls:' .. second, 1)
if bad then redis.call('HINCRBY', health, 'errors:' .. second, 1) end
redis.call('HDEL', health, 'calls:' .. (second - 70), 'errors:' .. (second - 70))
local factor = number('factor', 1)
if outcome == 'overloaded' and now - number('cutAt', 0) >= 1000 then
  redis.call('HSET', health, 'factor', math.max(0.05, factor / 2), 'cutAt', now)
elseif outcome == 'ok' and factor < 1 and now - number('raisedAt', 0) >= 250 and now - number('cutAt', 0) >= 1000 then
  redis.call('HSET', health, 'factor', math.min(1, factor + 0.05), 'raisedAt', now)
end
keep()
local circuit = redis.call('HGET', health, 'circuit') or 'closed'
local function change(to, why, probeEveryMs)
  redis.call('HSET', health, 'circuit', to, 'reason', why, 'since', now, 'good', 0, 'probeEveryMs', probeEveryMs, 'probeAt', now + probeEveryMs)
  return { to, why }
end
if circuit == 'closed' then
  if not bad then return {} end
  local calls, errors = 0, 0
  for back = 0, 9 do
    if (second - back) * 1000 >= number('since', 0) - 1000 then
      calls = calls + number('calls:' .. (second - back), 0)
      errors = errors + number('errors:' .. (second - back), 0)
    end
  end
  if calls >= 20 and errors * 2 > calls then
    return change('open', errors .. ' of ' .. calls .. ' calls failed within 10 s, the last with ' .. reason, 2000)
  end
  return {}
end
if bad then
  if circuit == 'half_open' then return change('open', 'a probe failed with ' .. reason, 2000) end
  redis.call('HSET', health, 'good', 0)
  return {}
end
local good = redis.call('HINCRBY', health, 'good', 1)
if circuit == 'open' then return change('half_open', 'a probe was answered', 200) end
if good >= 3 then
  change('closed', 'probes are answered again', 0)
  return { 'closed', 'probes are answered again' }
end
return {}
`;

/** Takes a ticket out of the line, or gives back a slot that was never used. ARGV: ticket, key. */
const CANCEL = `${PRELUDE}
redis.call('ZREM', queue, ARGV[1])
redis.call('ZREM', running, ARGV[1])
redis.call('ZREM', slots, ARGV[1])
if ARGV[2] ~= '' and redis.call('HGET', keys, ARGV[2]) == ARGV[1] then redis.call('HDEL', keys, ARGV[2]) end
return 1
`;

/** Returns: waiting, in flight, calls and errors of the last minute, circuit, its reason. */
const STATE = `${PRELUDE}
local second, calls, errors = math.floor(now / 1000), 0, 0
for back = 0, 59 do
  calls = calls + number('calls:' .. (second - back), 0)
  errors = errors + number('errors:' .. (second - back), 0)
end
return { redis.call('ZCARD', queue), redis.call('ZCOUNT', running, now, '+inf'), calls, errors, redis.call('HGET', health, 'circuit') or 'closed', redis.call('HGET', health, 'reason') or '' }
`;

type Script = (...keysAndArguments: (string | number)[]) => Promise<unknown>;

export interface TurnstileScripts {
  readonly turnstileAdmit: Script;
  readonly turnstileRelease: Script;
  readonly turnstileCancel: Script;
  readonly turnstileState: Script;
}

/** The scripts as commands of a client: EVALSHA, with the text sent again where Redis has lost it. */
export function withTurnstileScripts(redis: Redis): TurnstileScripts {
  const scripts = {
    turnstileAdmit: ADMIT,
    turnstileRelease: RELEASE,
    turnstileCancel: CANCEL,
    turnstileState: STATE,
  };
  for (const [name, lua] of Object.entries(scripts)) redis.defineCommand(name, { numberOfKeys: 6, lua });
  return redis as unknown as TurnstileScripts;
}

/** The keys of one line, in the order in which the scripts want them. */
export function keysOf(name: string, resource: string): string[] {
  const tag = `clearbid:{turnstile:${name}:${resource}}`;
  return ['queue', 'slots', 'running', 'owners', 'keys', 'health'].map((part) => `${tag}:${part}`);
}
