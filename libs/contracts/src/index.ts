/**
 * Every message of every service. Import a service's messages by its name: `import { wallet } from '#libs/contracts'`,
 * then `wallet.getWallet`.
 */
export * from './contract.js';
export * from './errors.js';
export * as fields from './fields.js';
export * as identity from './identity/index.js';
export * as payment from './payment/index.js';
export * as wallet from './wallet/index.js';
export * as withdrawal from './withdrawal/index.js';
