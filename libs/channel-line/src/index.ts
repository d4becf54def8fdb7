/** How every service reaches the payment channels: our accounts, and the one line in front of each. */
export { type CallFacts, ChannelLine } from './channel-line.js';
export { followAccountsFile } from './follow-accounts-file.js';
export { healthOf, openTurnstile } from './open-turnstile.js';
