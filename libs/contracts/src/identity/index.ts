export * from './account.js';
export * from './sessions.js';
