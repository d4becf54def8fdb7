import { setImmediate as turn } from 'node:timers/promises';

/** Gives what an iteration gives, and lets it fetch the next while this is being worked on: the server and we work together. */
export async function* readAhead<T>(iteration: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = iteration.next();
  for (;;) {
    const { done, value } = await next;
    if (done === true) return;
    next = iteration.next();
    // Its failure is met when it is awaited, and not before.
    next.catch(() => undefined);
    // Whoever takes the value may compute for long: the request must have left by then.
    await turn();
    yield value;
  }
}
