export * from './bank-batch.js';
export * from './events.js';
export * from './payout-account.js';
export * from './review.js';
export * from './withdrawal.js';
