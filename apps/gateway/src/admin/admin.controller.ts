import { payment } from '#libs/contracts';
import { DeadLetters, RpcClient } from '#libs/transport';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { listDeadLetters, listPaymentConflicts, replayDeadLetter } from './admin.endpoints.js';

@ApiTags('Operators')
@Controller('v1/admin')
export class AdminController {
  constructor(
    private readonly services: RpcClient,
    private readonly deadLetters: DeadLetters,
  ) {}

  @Get('payment-conflicts')
  @Endpoint(listPaymentConflicts)
  async listPaymentConflicts({
    query,
  }: InputOf<typeof listPaymentConflicts>): Promise<OutputOf<typeof listPaymentConflicts>> {
    return this.services.call(payment.listConflicts, query);
  }

  @Get('dead-letters')
  @Endpoint(listDeadLetters)
  async listDeadLetters({
    query,
  }: InputOf<typeof listDeadLetters>): Promise<OutputOf<typeof listDeadLetters>> {
    const { items, nextCursor } = await this.deadLetters.list(query);
    return {
      items: items.map(({ id, event, error, deliveries, diedAt, payload }) => ({
        id,
        service: query.service,
        event: event.name,
        eventId: event.id,
        reason: error,
        deliveries,
        failedAt: diedAt,
        payload,
      })),
      nextCursor,
    };
  }

  @Post('dead-letters/:service/:id/replay')
  @Endpoint(replayDeadLetter)
  async replayDeadLetter({ params }: InputOf<typeof replayDeadLetter>): Promise<void> {
    await this.deadLetters.replay(params.service, params.id);
  }
}
