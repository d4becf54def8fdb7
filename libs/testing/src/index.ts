/** What tests stand on: real servers of their own, and waiting for conditions instead of for time. */
export {
  Account,
  ApiClient,
  type ApiAnswer,
  type ApiClientOptions,
  type ApiRequest,
  ApiRefusal,
  DEMO_PASSWORD,
  newEmail,
  type RechargeOrder,
  TEST_PASSWORD,
} from './api-client.js';
export type { EntryView, Page, Problem, RechargeView, SignedIn, WalletView } from './api-views.js';
export { CuttingProxy, type CutPoint } from './cutting-proxy.js';
export {
  type OwnTestServer,
  type TestDatabase,
  type TestServer,
  createTestDatabase,
  startTestMysql,
  testMysql,
} from './database.js';
export { eventually } from './eventually.js';
export { type LogLine, ProcessLogs } from './process-logs.js';
export { startTestRedis, type TestRedis } from './redis.js';
export {
  type NotifyMode,
  type PayOptions,
  SandboxClient,
  type SandboxTrade,
  type SandboxTransfer,
} from './sandbox-client.js';
export { type ServiceName, startTestStack, type TestStack, type TestStackOptions } from './stack.js';
