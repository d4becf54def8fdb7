/** Locks that keep work apart, and never keep money safe. */
export { EverybodysLock, type LockObserver, OwnerLock, RedlockOwnerLock, type RedlockOwnerLockOptions } from './owner-lock.js';
