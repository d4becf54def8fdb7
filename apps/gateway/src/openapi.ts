import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule } from './gateway.module.js';
import { createOpenApiDocument } from './openapi/openapi-document.js';

/** Prints the OpenAPI document. In Nest's preview mode nothing is constructed, so nothing connects anywhere. */
const app = await NestFactory.create<NestFastifyApplication>(GatewayModule, new FastifyAdapter(), {
  preview: true,
  logger: ['fatal', 'error'],
  abortOnError: false,
});
process.stdout.write(`${JSON.stringify(createOpenApiDocument(app), null, 2)}\n`);
