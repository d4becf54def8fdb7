import { Health, loadConfig, Log, Metrics } from '#libs/service';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { GatewayConfig, gatewayEnvironment } from '../gateway.config.js';
import { GatewayModule } from '../gateway.module.js';
import { createOpenApiDocument } from './openapi-document.js';

/** The document without a running gateway: in Nest's preview mode nothing is constructed, so nothing connects anywhere. */
export async function previewOpenApiDocument(): Promise<OpenAPIObject> {
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
  return createOpenApiDocument(app);
}
