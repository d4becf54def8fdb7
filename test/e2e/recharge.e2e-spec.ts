import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { closedStories } from './recharge/closed.stories.js';
import { orderedStories } from './recharge/ordered.stories.js';
import { paidStories } from './recharge/paid.stories.js';
import { RechargeWorld } from './recharge/recharge-world.js';
import { watchedStories } from './recharge/watched.stories.js';

jest.setTimeout(60_000);

describe('A recharge, from the order to the credit', () => {
  const world = new RechargeWorld();

  beforeAll(() => world.start(), 120_000);
  afterAll(() => world.stop());

  paidStories(world);
  orderedStories(world);
  closedStories(world);
  watchedStories(world);

  it('every answer that was given here is as the OpenAPI document says', () => {
    const { openapi } = world;
    expect(openapi.faults).toEqual([]);
    expect([...openapi.seen]).toEqual(
      expect.arrayContaining([
        'GET /v1/recharges 200',
        'GET /v1/recharges/{id} 200',
        'GET /v1/recharges/{id} 404',
        'GET /v1/wallet 200',
        'GET /v1/wallet/entries 200',
        'POST /v1/recharges 201',
        'POST /v1/recharges 202',
        'POST /v1/recharges 202',
        'POST /v1/recharges 409',
        'POST /v1/recharges/{id}/close 200',
        'POST /v1/recharges/{id}/close 409',
        'POST /v1/recharges/{id}/close 503',
      ]),
    );
  });
});
