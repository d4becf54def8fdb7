/** Locks that keep work apart, and never keep money safe. */
export { EverybodysLock, type LockObserver, OwnerLock, type UnlockedReason } from './owner-lock.js';
export { RedlockOwnerLock, type RedlockOwnerLockOptions } from './redlock-owner-lock.js';
export { SharedOwnerLock } from './shared-owner-lock.js';
