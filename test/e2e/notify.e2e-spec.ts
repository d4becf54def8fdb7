import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { acceptedStories } from './notify/accepted.stories.js';
import { conflictStories } from './notify/conflict.stories.js';
import { NotifyWorld } from './notify/notify-world.js';
import { refusedStories } from './notify/refused.stories.js';

jest.setTimeout(60_000);

describe("Alipay's notify", () => {
  const world = new NotifyWorld();

  beforeAll(() => world.start(), 120_000);
  afterAll(() => world.stop());

  acceptedStories(world);
  refusedStories(world);
  conflictStories(world);

  it('is posted: any other method is refused', async () => {
    expect((await world.api.send('GET', '/v1/notify/alipay')).status).toBe(405);
    expect((await world.api.send('POST', '/v1/notify/paypal', { body: '' })).status).toBe(404);
  });
});
