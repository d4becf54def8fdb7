import { beforeAll, expect, it } from '@jest/globals';
import type { QuietWorld } from '../quiet/quiet-world.js';
import { BadInputWorld } from './bad-input-world.js';
import { callerStories } from './caller.stories.js';
import { orderStories } from './order.stories.js';
import { requestStories } from './request.stories.js';

export function badInputStories(quiet: QuietWorld): void {
  const world = new BadInputWorld(quiet);

  beforeAll(() => world.enter());

  orderStories(world);
  requestStories(world);
  callerStories(world);

  it('every answer that was given here is as the OpenAPI document says', () => {
    expect(quiet.openapi.faults).toEqual([]);
  });

  it('no process has complained: what callers do wrong is no error of ours', () => {
    expect(quiet.stack.logs.errors()).toEqual([]);
  });
}
