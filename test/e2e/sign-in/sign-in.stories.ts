import { expect, it } from '@jest/globals';
import type { QuietWorld } from '../quiet/quiet-world.js';
import { sessionStories } from './session.stories.js';
import { SignInWorld } from './sign-in-world.js';
import { forgottenStories, keptOutStories } from './trouble.stories.js';

export function signInStories(quiet: QuietWorld): void {
  const world = new SignInWorld(quiet);

  sessionStories(world);
  keptOutStories(world);

  it('every answer that was given here is as the OpenAPI document says', () => {
    expect(quiet.openapi.faults).toEqual([]);
  });

  forgottenStories(world);
}
