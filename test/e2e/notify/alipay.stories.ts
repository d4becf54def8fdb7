import { beforeAll, expect, it } from '@jest/globals';
import type { WaysWorld } from '../ways/ways-world.js';
import { acceptedStories } from './accepted.stories.js';
import { conflictStories } from './conflict.stories.js';
import { NotifyWorld } from './notify-world.js';
import { refusedStories } from './refused.stories.js';

export function alipayNotifyStories(ways: WaysWorld): void {
  const world = new NotifyWorld(ways);

  beforeAll(() => world.enter());

  // Refusals are counted one by one: before any story that lets the sandbox repeat a bad notify on its ladder.
  refusedStories(world);
  acceptedStories(world);
  conflictStories(world);

  it('is posted: any other method is refused', async () => {
    expect((await world.api.send('GET', '/v1/notify/alipay')).status).toBe(405);
    expect((await world.api.send('POST', '/v1/notify/paypal', { body: '' })).status).toBe(404);
  });
}
