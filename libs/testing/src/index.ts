/** What tests stand on: real servers of their own, and waiting for conditions instead of for time. */
export { type TestDatabase, type TestServer, createTestDatabase, testMysql } from './database.js';
export { eventually } from './eventually.js';
export { startTestRedis, type TestRedis } from './redis.js';
