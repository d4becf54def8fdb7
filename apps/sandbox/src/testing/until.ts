import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 10_000;
const LOOK_EVERY_MS = 10;

/** Waits for a condition, not for a time; fails, saying what never came, after ten seconds. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
): Promise<Value> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${DEADLINE_MS} ms in vain for: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}
