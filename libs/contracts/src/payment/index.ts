export * from './conflicts.js';
export * from './events.js';
export * from './notify.js';
export * from './recharge.js';
export * from './recharges.js';
