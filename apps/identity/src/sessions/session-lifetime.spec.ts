import { describe, expect, it } from '@jest/globals';
import { sessionExpiry } from './session-lifetime.js';

const CREATED = new Date('2026-01-01T00:00:00.000Z');

function daysLater(days: number): Date {
  return new Date(CREATED.getTime() + days * 86_400_000);
}

describe('the life of a session', () => {
  it('ends thirty days after its last use', () => {
    expect(sessionExpiry(CREATED, CREATED)).toEqual(daysLater(30));
    expect(sessionExpiry(CREATED, daysLater(12.5))).toEqual(daysLater(42.5));
  });

  it('ends ninety days after the sign-in, however much it is used', () => {
    expect(sessionExpiry(CREATED, daysLater(60))).toEqual(daysLater(90));
    expect(sessionExpiry(CREATED, daysLater(89.9))).toEqual(daysLater(90));
  });
});
