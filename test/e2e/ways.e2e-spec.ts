import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { alipayNotifyStories } from './notify/alipay.stories.js';
import { wechatNotifyStories } from './notify/wechat.stories.js';
import { configuredStories } from './ways/configured.stories.js';
import { faultStories } from './ways/faults.stories.js';
import { mistakesStories } from './ways/mistakes.stories.js';
import { paidTwiceStories } from './ways/paid-twice.stories.js';
import { refundedStories } from './ways/refunded.stories.js';
import { WaysWorld } from './ways/ways-world.js';

jest.setTimeout(60_000);

// One platform for all that happens between the channels and us: to start one takes longer than most of the stories.
const world = new WaysWorld();

beforeAll(() => world.start(), 120_000);
afterAll(() => world.stop());

// First: they count rows and refusals, and nothing of the others may still be on its way.
describe("WeChat Pay's notify", () => {
  wechatNotifyStories(world);
});
describe("Alipay's notify", () => {
  alipayNotifyStories(world);
});

describe('Every way that a payment can go', () => {
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

describe('Mistakes of others that are not made here', () => {
  mistakesStories(world);
});

// Last: troubles go on after their order has ended.
describe('Of the troubles that a channel can have,', () => {
  faultStories(world);
});
