import type { Browser, Page } from 'playwright-core';
import type { TestStack } from '#libs/testing';
import { DESKTOP, type Visitor, visit } from '../browser.js';
import { signIn } from '../sign-in.js';

/** What a spec has set up and its stories share; there only once the spec has begun. */
export interface Stage {
  stack(): TestStack;
  browser(): Browser;
}

export interface SignedInVisitor extends Visitor {
  readonly desk: Page;
}

/** A window of one of the demo accounts: `merchant`, `operator` or `auditor`. */
export async function enter(stage: Stage, who: string): Promise<SignedInVisitor> {
  const { urls } = stage.stack();
  const visitor = await visit(stage.browser(), {
    baseURL: urls.gateway,
    locale: 'en-US',
    viewport: DESKTOP,
  });
  const desk = await visitor.page();
  await signIn(desk, `${who}@demo.test`);
  return { ...visitor, desk };
}
