export * from './adjustments.js';
export * from './book.js';
export * from './campaigns.js';
export * from './earnings.js';
export * from './events.js';
export * from './settlements.js';
export * from './wallet.js';
