import { type ResponseOf, withdrawal } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import * as endpoints from './withdrawals.endpoints.js';

/** Longer than the service waits for the wallet or a channel, so that its answer is what the caller sees. */
const VIA_WALLET = { timeoutMs: 8_000 };

/** What operators write down for each other. */
const FOR_OPERATORS: ReadonlySet<string> = new Set(['note', 'given', 'needed', 'account', 'batchId']);

type WithEvents = ResponseOf<typeof withdrawal.getWithdrawal>;

@ApiTags('Withdrawals')
@Controller('v1/withdrawals')
export class WithdrawalsController {
  constructor(private readonly services: RpcClient) {}

  @Get('quote')
  @Endpoint(endpoints.quoteWithdrawal)
  async quoteWithdrawal({
    query,
    principal,
  }: InputOf<typeof endpoints.quoteWithdrawal>): Promise<OutputOf<typeof endpoints.quoteWithdrawal>> {
    return this.services.call(withdrawal.quote, { ...query, ownerId: principal.accountId });
  }

  @Post()
  @Endpoint(endpoints.createWithdrawal)
  async createWithdrawal({
    body,
    headers,
    principal,
  }: InputOf<typeof endpoints.createWithdrawal>): Promise<OutputOf<typeof endpoints.createWithdrawal>> {
    const request = {
      ...body,
      ownerId: principal.accountId,
      idempotencyKey: headers['idempotency-key'],
    };
    return this.services.call(withdrawal.createWithdrawal, request, VIA_WALLET);
  }

  @Get()
  @Endpoint(endpoints.listWithdrawals)
  async listWithdrawals({
    query,
    principal,
  }: InputOf<typeof endpoints.listWithdrawals>): Promise<OutputOf<typeof endpoints.listWithdrawals>> {
    return this.services.call(withdrawal.listWithdrawals, { ...query, ownerId: principal.accountId });
  }

  @Get(':id')
  @Endpoint(endpoints.getWithdrawal)
  async getWithdrawal({
    params,
    principal,
  }: InputOf<typeof endpoints.getWithdrawal>): Promise<OutputOf<typeof endpoints.getWithdrawal>> {
    const request = { withdrawalId: params.id, ownerId: principal.accountId };
    return forItsOwner(await this.services.call(withdrawal.getWithdrawal, request));
  }

  @Post(':id/cancel')
  @Endpoint(endpoints.cancelWithdrawal)
  async cancelWithdrawal({
    params,
    principal,
  }: InputOf<typeof endpoints.cancelWithdrawal>): Promise<OutputOf<typeof endpoints.cancelWithdrawal>> {
    const request = { withdrawalId: params.id, ownerId: principal.accountId };
    return this.services.call(withdrawal.cancelWithdrawal, request, VIA_WALLET);
  }
}

function forItsOwner({ withdrawal: one, events }: WithEvents): WithEvents {
  return {
    withdrawal: one,
    events: events.map((event) => ({
      ...event,
      facts: Object.fromEntries(Object.entries(event.facts).filter(([name]) => !FOR_OPERATORS.has(name))),
    })),
  };
}
