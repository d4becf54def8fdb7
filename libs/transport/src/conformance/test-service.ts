import 'reflect-metadata';
import { Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisStreamsServer } from '../redis-streams-server.js';
import type { RedisStreamsServerOptions } from '../server-options.js';
import type { TransportLogger } from '../transport-logger.js';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** Keeps what is logged, so that a test can read it. */
export function recordingLogger(): { readonly logger: TransportLogger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

export interface TestService {
  close(): Promise<void>;
}

export type TestServiceOptions = Partial<RedisStreamsServerOptions> &
  Pick<RedisStreamsServerOptions, 'service' | 'redis'>;

/** The pace at which tests run: faster than a deployment's, slow enough for a machine with other things to do. */
export const quick = {
  heartbeatEveryMs: 100,
  aliveMs: 1_000,
  sweepEveryMs: 50,
  trimEveryMs: 50,
  retryBaseMs: 20,
};

/** One replica of a service, with this one controller, in this process. */
export async function startService(controller: Type, options: TestServiceOptions): Promise<TestService> {
  Controller()(controller);
  class TestModule {}
  Module({ controllers: [controller] })(TestModule);
  const strategy = new RedisStreamsServer({
    replica: 'replica',
    contracts: [],
    logger: recordingLogger().logger,
    ...quick,
    ...options,
  });
  const app = await NestFactory.createMicroservice(TestModule, { strategy, logger: false });
  await app.listen();
  return app;
}
