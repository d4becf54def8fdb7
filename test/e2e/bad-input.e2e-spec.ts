import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { BadInputWorld } from './bad-input/bad-input-world.js';
import { callerStories } from './bad-input/caller.stories.js';
import { orderStories } from './bad-input/order.stories.js';
import { requestStories } from './bad-input/request.stories.js';

jest.setTimeout(60_000);

describe('What is wrong with a request is said, and nothing of it is stored:', () => {
  const world = new BadInputWorld();

  beforeAll(() => world.start(), 120_000);
  afterAll(() => world.stop());

  orderStories(world);
  requestStories(world);
  callerStories(world);

  it('every answer that was given here is as the OpenAPI document says', () => {
    expect(world.openapi.faults).toEqual([]);
  });

  it('no process has complained: what callers do wrong is no error of ours', () => {
    expect(world.stack.logs.errors()).toEqual([]);
  });
});
