import { ADMISSION } from './line-script.js';

/**
 * Gives a slot back, for use again one hold later; learns from the outcome; admits who may go instead.
 *
 * ARGV after those of admission: ticket, key, outcome (ok | refused | overloaded | failed), reason.
 * Returns: Redis's time (ms), the circuit's new state and reason when this changed it (else empty), admitted[], refused[].
 */
export const RELEASE = `${ADMISSION}
local ticket, key, outcome, reason = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
redis.call('ZREM', running, ticket)
redis.call('ZADD', slots, now + holdMs, ticket)
if key ~= '' and redis.call('HGET', keys, key) == ticket then redis.call('HDEL', keys, key) end
local isProbe = redis.call('HDEL', health, 'probe:' .. ticket) == 1
local bad = outcome == 'overloaded' or outcome == 'failed'
redis.call('HINCRBY', health, 'calls:' .. second, 1)
if bad then redis.call('HINCRBY', health, 'errors:' .. second, 1) end

local factor = number('factor', 1)
if outcome == 'overloaded' and now - number('cutAt', 0) >= 1000 then
  redis.call('HSET', health, 'factor', math.max(0.05, factor / 2), 'cutAt', now)
elseif outcome == 'ok' and factor < 1 and now - number('raisedAt', 0) >= 250 and now - number('cutAt', 0) >= 1000 then
  redis.call('HSET', health, 'factor', math.min(1, factor + 0.05), 'raisedAt', now)
end

local changedTo, why = '', ''
local function change(to, because, probeEveryMs)
  circuit, changedTo, why = to, to, because
  redis.call('HSET', health, 'circuit', to, 'reason', because, 'since', now, 'good', 0, 'probeEveryMs', probeEveryMs, 'probeAt', now + probeEveryMs)
  if to == 'half_open' then return end
  -- A probe of a trouble that is over says nothing of the next one.
  for _, field in ipairs(redis.call('HKEYS', health)) do
    if string.sub(field, 1, 6) == 'probe:' then redis.call('HDEL', health, field) end
  end
end
local function judgeLast10Seconds()
  local calls, errors = 0, 0
  for back = 0, 9 do
    if (second - back) * 1000 >= number('since', 0) - 1000 then
      calls = calls + number('calls:' .. (second - back), 0)
      errors = errors + number('errors:' .. (second - back), 0)
    end
  end
  if calls >= 20 and errors * 2 > calls then
    change('open', errors .. ' of ' .. calls .. ' calls failed within 10 s, the last with ' .. reason, 2000)
  end
end
local function judgeProbe()
  if bad then
    if circuit == 'half_open' then change('open', 'a probe failed with ' .. reason, 2000) end
    return
  end
  if circuit == 'open' then return change('half_open', 'a probe was answered', 200) end
  if redis.call('HINCRBY', health, 'good', 1) >= 3 then change('closed', 'probes are answered again', 0) end
end
-- What was admitted before the circuit opened, and is answered only now, proves nothing either way.
if circuit == 'closed' then
  if bad then judgeLast10Seconds() end
elseif isProbe then
  judgeProbe()
end

local admitted = admitWaiting()
local refused = circuit == 'open' and refuseBuyers() or {}
keep()
return { now, changedTo, why, admitted, refused }
`;

/**
 * Takes a ticket out of the line, or gives back a slot that was never used, to whoever is next.
 *
 * ARGV after those of admission: ticket, key. Returns: Redis's time (ms), admitted[].
 */
export const CANCEL = `${ADMISSION}
local ticket, key = ARGV[6], ARGV[7]
redis.call('ZREM', queue, ticket)
redis.call('ZREM', running, ticket)
redis.call('ZREM', slots, ticket)
if key ~= '' and redis.call('HGET', keys, key) == ticket then redis.call('HDEL', keys, key) end
if redis.call('HDEL', health, 'probe:' .. ticket) == 1 then redis.call('HSET', health, 'probeAt', now) end
return { now, (admitWaiting()) }
`;
