export { ACCESS_TOKEN, accessTokenClaims, type AccessTokenClaims } from './access-token.js';
export { SessionStore } from './session-store.js';
export { STEP_UP_TOKEN, stepUpTokenClaims } from './step-up-token.js';
