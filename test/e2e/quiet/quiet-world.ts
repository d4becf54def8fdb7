import { type ApiClient, startTestStack, type TestStack } from '#libs/testing';
import { Books } from '../support/books.js';
import { OpenApiCheck } from '../support/openapi-check.js';

/** Neither what comes due nor what has grown old is looked for. */
const NOTHING_BY_ITSELF = { SWEEP_EVERY_MS: '36000000', ARCHIVE_AFTER_DAYS: '0' };

/**
 * Two gateways, two of identity, and services in which nothing sweeps: whatever is stored, or asked of MariaDB, is so because of
 * what a story does. Every answer is held against the OpenAPI document.
 */
export class QuietWorld {
  stack!: TestStack;
  books!: Books;
  openapi!: OpenApiCheck;
  api!: ApiClient;

  async start(): Promise<void> {
    this.stack = await startTestStack({
      replicas: { identity: 2, gateway: 2 },
      env: NOTHING_BY_ITSELF,
    });
    this.books = await Books.open(this.stack.urls.mysql);
    this.openapi = await OpenApiCheck.of(this.stack.urls.gateway);
    this.api = this.stack.api({ onAnswer: this.openapi.check });
  }

  async stop(): Promise<void> {
    await this.books?.close();
    await this.stack?.stop();
  }
}
