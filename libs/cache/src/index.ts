/** What is read often is kept in Redis for a while; MySQL stays the truth. */
export { CacheAside, type CacheAsideOptions } from './cache-aside.js';
