export { ACCESS_TOKEN, accessTokenClaims, type AccessTokenClaims } from './access-token.js';
export { SessionStore } from './session-store.js';
