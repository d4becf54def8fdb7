export { eventually } from './eventually.js';
export { startTestRedis, type TestRedis } from './redis.js';
