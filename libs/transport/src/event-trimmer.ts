import type { Redis } from 'ioredis';
import { RedisScript } from './redis-script.js';

/**
 * Removes what every group has acknowledged: everything before the oldest entry that some group has pending or has
 * not yet read. A stream without groups is left alone, because whoever subscribes first gets all of it.
 */
const TRIM = new RedisScript(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  local function parse(id)
    local ms, seq = string.match(id, '^(%d+)-(%d+)$')
    return tonumber(ms), tonumber(seq)
  end
  local floorMs, floorSeq
  for _, row in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #row, 2 do group[row[i]] = row[i + 1] end
    local ms, seq
    if group['pending'] > 0 then
      ms, seq = parse(redis.call('XPENDING', KEYS[1], group['name'])[2])
    else
      ms, seq = parse(group['last-delivered-id'])
      seq = seq + 1
    end
    if not floorMs or ms < floorMs or (ms == floorMs and seq < floorSeq) then floorMs, floorSeq = ms, seq end
  end
  if not floorMs then return 0 end
  return redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f-%.0f', floorMs, floorSeq))
`);

/** @returns how many entries were removed */
export async function trimAcknowledged(redis: Redis, stream: string): Promise<number> {
  return Number(await TRIM.run(redis, [stream], []));
}
