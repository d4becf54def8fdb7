import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { badInputStories } from './bad-input/bad-input.stories.js';
import { QuietWorld } from './quiet/quiet-world.js';
import { shardingStories } from './sharding/sharding.stories.js';
import { signInStories } from './sign-in/sign-in.stories.js';

jest.setTimeout(60_000);

// One platform for all that needs one in which nothing happens by itself.
const world = new QuietWorld();

beforeAll(() => world.start(), 120_000);
afterAll(() => world.stop());

// First: no process has complained yet, and some of what comes after it is trouble.
describe('What is wrong with a request is said, and nothing of it is stored:', () => {
  badInputStories(world);
});

describe('Orders lie in four tables', () => {
  shardingStories(world);
});

// Last: in the end Redis forgets everything.
describe('Signing in', () => {
  signInStories(world);
});
