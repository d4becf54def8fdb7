export * from './campaigns.js';
export * from './earnings.js';
export * from './events.js';
export * from './wallet.js';
