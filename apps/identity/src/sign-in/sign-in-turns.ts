import { ConcurrencyLimit, type ConcurrencyLimitOptions } from './concurrency-limit.js';

/**
 * Sign-ins take turns, as many at once as there are passwords hashed at once. An attempt counts as failed from before
 * its password is checked until it turns out right; if all that wait for a hash were counted, a handful of honest
 * sign-ins at the same moment would lock themselves out.
 */
export class SignInTurns extends ConcurrencyLimit {
  constructor(options: Omit<ConcurrencyLimitOptions, 'what'>) {
    super({ ...options, what: 'sign-ins' });
  }
}
