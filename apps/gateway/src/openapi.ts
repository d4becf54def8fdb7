import 'reflect-metadata';
import { Health, loadConfig, Log, Metrics } from '#libs/service';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayConfig, gatewayEnvironment } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { createOpenApiDocument } from './openapi/openapi-document.js';

/** Prints the OpenAPI document. In Nest's preview mode nothing is constructed, so nothing connects anywhere. */
const environment = loadConfig('gateway', gatewayEnvironment, {
  REDIS_URL: 'redis://localhost',
  SESSION_PUBLIC_KEY_FILE: 'never read',
});
const module = GatewayModule.forRoot({
  config: new GatewayConfig(environment),
  log: Log.create('openapi', 'openapi', 'silent'),
  metrics: new Metrics('openapi', 'openapi'),
  health: new Health(),
});
const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
  preview: true,
  logger: ['fatal', 'error'],
  abortOnError: false,
});
process.stdout.write(`${JSON.stringify(createOpenApiDocument(app), null, 2)}\n`);
