import type { Redis } from 'ioredis';
import { ADMIT } from './admit-script.js';
import { PRELUDE } from './line-script.js';
import { CANCEL, RELEASE } from './release-script.js';

/** Returns: waiting, in flight, calls and errors of the last minute, circuit, its reason. */
const STATE = `${PRELUDE}
local calls, errors = 0, 0
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
