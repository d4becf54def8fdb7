import { Health, Metrics } from '#libs/service';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { getLiveness, getMetrics, getReadiness } from './health.endpoints.js';

@ApiTags('Health')
@Controller()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Endpoint(getLiveness)
  async getLiveness(): Promise<OutputOf<typeof getLiveness>> {
    return { live: true };
  }

  @Get('health/ready')
  @Endpoint(getReadiness)
  async getReadiness(
    _input: InputOf<typeof getReadiness>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OutputOf<typeof getReadiness>> {
    const state = await this.health.ready();
    if (!state.ready) reply.status(503);
    return state;
  }

  @Get('metrics')
  @Endpoint(getMetrics)
  async getMetrics(
    _input: InputOf<typeof getMetrics>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
