import type { Account, TestStack } from '#libs/testing';
import { storyForOperators } from '../../e2e/support/story.js';
import type { Fault } from './verdict.js';

interface Telling {
  readonly stack: TestStack;
  readonly operator: Account;
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly print: (line: string) => void;
}

const MAX_LINES = 40;

/** What somebody who has to find the fault wants to read: the seed, each order's story, and what the logs say of it. */
export async function storiesOf({ stack, operator, seed, faults, print }: Telling): Promise<void> {
  const lines = stack.logs.all();
  for (const { text } of stack.logs.of('auditor')) print(text);
  for (const { orderId, withdrawalId, what } of faults) {
    const subject = orderId === null ? withdrawalId && `withdrawal ${withdrawalId}: ` : `order ${orderId}: `;
    print(`\nseed ${seed}: ${subject ?? ''}${what}`);
    if (withdrawalId !== undefined) {
      const about = lines.filter(({ text }) => text.includes(withdrawalId));
      for (const { process, text } of about.slice(-MAX_LINES)) print(`  ${process}: ${text}`);
    }
    if (orderId === null) continue;
    const story = await storyForOperators(operator, orderId).catch(() => []);
    for (const event of story) {
      const { kind, attemptId, refundId, facts } = event;
      print(`  ${kind} ${attemptId ?? ''} ${refundId ?? ''} ${JSON.stringify(facts)}`);
    }
    const numbers = new Set([orderId, ...story.flatMap(({ attemptId, refundId }) => [attemptId, refundId])]);
    numbers.delete(null);
    const about = lines.filter(({ text }) => [...numbers].some((number) => text.includes(String(number))));
    for (const { process, text } of about.slice(-MAX_LINES)) print(`  ${process}: ${text}`);
  }
}
