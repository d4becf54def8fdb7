import { ADMISSION, OWNER_SILENCE_MS, FIRST_LEASE_MS, LEASE_MS } from './line-script.js';

/** An owner looks at the line at least so often while anybody of its own waits or runs. */
export const LOOK_EVERY_MS = 250;
/** From the epoch's change to everybody's having said again what runs: a look, and the way to Redis. */
const SAY_AGAIN_MS = LOOK_EVERY_MS + 100;
const PRUNE_EVERY_MS = 5_000;
/** Counters are read for a minute. */
const COUNTERS_S = 70;

/**
 * Registers tickets, admits whoever is first, and says when to come again.
 *
 * ARGV after those of admission: count of waiting tickets, then for each: ticket, priority, arrival ('': new), key (may be
 * empty); then count of running tickets and for each: ticket, key.
 * Returns: Redis's time (ms), epoch, ms until the next look is worth while, admitted [ticket, when, …], duplicate[],
 * refused by an open circuit[], arrivals [ticket, arrival, …].
 */
export const ADMIT = `${ADMISSION}
redis.call('ZADD', owners, now, owner)
local epoch = redis.call('HGET', health, 'epoch')
if not epoch then
  epoch = string.format('%.0f', now) .. '-' .. owner
  -- Whoever was admitted before the memory was lost may still arrive: nobody new does before all have said who they are.
  redis.call('HSET', health, 'epoch', epoch, 'quietUntil', now + holdMs + ${SAY_AGAIN_MS}, 'factor', 1, 'circuit', 'closed')
end

-- No two tickets arrive at the same time, so that those of one batch keep their order.
local function nextArrival()
  local arrival = math.max((second - 1600000000) * 1000000 + time[2], number('lastArrival', 0) + 1)
  redis.call('HSET', health, 'lastArrival', string.format('%.0f', arrival))
  return arrival
end
local function isHeld(key, ticket)
  local holder = key ~= '' and redis.call('HGET', keys, key)
  if not holder or holder == ticket then return false end
  return redis.call('ZSCORE', running, holder) or (redis.call('ZSCORE', queue, holder) and isHeard(ownerOf(holder)))
end

local admitted, duplicate, arrivals, at = {}, {}, {}, 7
for _ = 1, tonumber(ARGV[6]) do
  local ticket, priority, arrival, key = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3]
  at = at + 4
  local lease, score = redis.call('ZSCORE', running, ticket), redis.call('ZSCORE', queue, ticket)
  if lease then
    admitted[#admitted + 1] = ticket
    admitted[#admitted + 1] = tonumber(lease) - ${FIRST_LEASE_MS}
  elseif not score and isHeld(key, ticket) then
    duplicate[#duplicate + 1] = ticket
  else
    if not score then
      score = priority * PRIORITY + (arrival == '' and nextArrival() or tonumber(arrival))
      redis.call('ZADD', queue, string.format('%.0f', score), ticket)
      if key ~= '' then redis.call('HSET', keys, key, ticket) end
    end
    arrivals[#arrivals + 1] = ticket
    arrivals[#arrivals + 1] = string.format('%.0f', score - priority * PRIORITY)
  end
end
for index = at + 1, at + 2 * tonumber(ARGV[at]), 2 do
  local ticket, key = ARGV[index], ARGV[index + 1]
  redis.call('ZADD', running, now + ${LEASE_MS}, ticket)
  redis.call('ZADD', slots, now + ${LEASE_MS}, ticket)
  if key ~= '' then redis.call('HSET', keys, key, ticket) end
end

local function pruneOwners()
  local isSilent = {}
  local silent = redis.call('ZRANGEBYSCORE', owners, '-inf', now - ${OWNER_SILENCE_MS})
  if #silent == 0 then return end
  for _, name in ipairs(silent) do isSilent[name] = true end
  for _, ticket in ipairs(redis.call('ZRANGE', queue, 0, -1)) do
    if isSilent[ownerOf(ticket)] then redis.call('ZREM', queue, ticket) end
  end
  redis.call('ZREM', owners, unpack(silent))
end
local function prune()
  pruneOwners()
  local pairsOfKeys = redis.call('HGETALL', keys)
  for index = 1, #pairsOfKeys, 2 do
    local ticket = pairsOfKeys[index + 1]
    if not redis.call('ZSCORE', queue, ticket) and not redis.call('ZSCORE', running, ticket) then
      redis.call('HDEL', keys, pairsOfKeys[index])
    end
  end
  for _, field in ipairs(redis.call('HKEYS', health)) do
    local counted = tonumber(string.match(field, '^%a+:(%d+)$'))
    local isProbe = string.sub(field, 1, 6) == 'probe:'
    if counted and counted < second - ${COUNTERS_S} or isProbe and number(field, 0) < now - ${COUNTERS_S * 1_000} then
      redis.call('HDEL', health, field)
    end
  end
end
if now - number('prunedAt', 0) >= ${PRUNE_EVERY_MS} then
  redis.call('HSET', health, 'prunedAt', now)
  prune()
end

local new, comeAgainIn = admitWaiting()
for _, ticket in ipairs(new) do
  admitted[#admitted + 1] = ticket
  admitted[#admitted + 1] = now
end
local refused = circuit == 'open' and refuseBuyers() or {}
keep()
return { now, epoch, comeAgainIn, admitted, duplicate, refused, arrivals }
`;
