import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { configuredStories } from './ways/configured.stories.js';
import { paidTwiceStories } from './ways/paid-twice.stories.js';
import { refundedStories } from './ways/refunded.stories.js';
import { WaysWorld } from './ways/ways-world.js';

jest.setTimeout(60_000);

describe('Every way that a payment can go', () => {
  const world = new WaysWorld();

  beforeAll(() => world.start(), 120_000);
  afterAll(() => world.stop());

  paidTwiceStories(world);
  refundedStories(world);
  configuredStories(world);

  it('every answer that was given here is as the OpenAPI document says', () => {
    expect(world.openapi.faults).toEqual([]);
  });

  it('the audit is clean', async () => {
    await expect(world.audit()).resolves.toBeUndefined();
  });
});
