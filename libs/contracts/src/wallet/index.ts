export * from './events.js';
export * from './wallet.js';
