import { Log, Metrics, Health, transportObserver } from '#libs/service';
import { RedisStreamsServer } from '#libs/transport';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { declaredRoutes } from './endpoint/declared-routes.js';
import { GatewayConfig, type GatewayEnvironment } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { ConsolePages } from './http/console-pages.js';
import { createEdgeAdapter, prepareEdgeServer } from './http/edge-server.js';
import { createOpenApiDocument } from './openapi/openapi-document.js';

const SERVICE = 'gateway';

export interface GatewayRuntime {
  readonly environment: GatewayEnvironment;
  readonly replica: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
}

/**
 * Puts the gateway together; `listen` on the result starts it.
 * @throws when a route declares no permission, or anything that it needs can't be reached
 */
export async function createGateway(runtime: GatewayRuntime): Promise<NestFastifyApplication> {
  const { environment, replica, log, metrics, health } = runtime;
  const config = new GatewayConfig(environment);
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.forRoot({ config, log, metrics, health }),
    createEdgeAdapter(environment),
    { logger: log.forNest(), abortOnError: false, bodyParser: false },
  );
  declaredRoutes(app.get(ModulesContainer));
  const http = app.getHttpAdapter().getInstance();
  await prepareEdgeServer(http, environment, log, metrics);
  await app.get(ConsolePages).register(http);
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Clearbid API',
  });
  app.connectMicroservice({
    strategy: new RedisStreamsServer({
      service: SERVICE,
      replica,
      redis: environment.REDIS_URL,
      contracts: [],
      logger: log,
      observer: transportObserver(metrics),
    }),
  });
  return app;
}

/** @returns the address that the gateway listens on. */
export async function startGateway(
  app: NestFastifyApplication,
  environment: GatewayEnvironment,
): Promise<string> {
  await app.startAllMicroservices();
  await app.listen(environment.PORT, environment.HOST);
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string')
    throw new Error('The gateway got no port to listen on');
  return `http://${environment.HOST}:${address.port}`;
}
