import { DomainError, identity, wallet } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import * as endpoints from './adjustments.endpoints.js';
import { attachmentDisposition } from './attachment-disposition.js';

/** Whose each account is. */
const OWNERS: Readonly<Record<wallet.AdjustableAccount, identity.AccountKind>> = {
  merchant_cash: 'merchant',
  merchant_bonus: 'merchant',
  traffic_pending: 'traffic_owner',
  traffic_available: 'traffic_owner',
};

@ApiTags('Operators')
@Controller('v1/admin/ledger/adjustments')
export class AdjustmentsController {
  constructor(private readonly services: RpcClient) {}

  @Post()
  @Endpoint(endpoints.requestAdjustment)
  async requestAdjustment({
    body,
    headers,
    principal,
  }: InputOf<typeof endpoints.requestAdjustment>): Promise<OutputOf<typeof endpoints.requestAdjustment>> {
    await this.assertOwner(body.ownerId, body.account);
    return this.services.call(wallet.requestAdjustment, {
      ...body,
      operatorId: principal.accountId,
      idempotencyKey: headers['idempotency-key'],
    });
  }

  @Get()
  @Endpoint(endpoints.listAdjustments)
  async listAdjustments({
    query,
  }: InputOf<typeof endpoints.listAdjustments>): Promise<OutputOf<typeof endpoints.listAdjustments>> {
    return this.services.call(wallet.listAdjustments, query);
  }

  @Get(':id')
  @Endpoint(endpoints.getAdjustment)
  async getAdjustment({
    params,
  }: InputOf<typeof endpoints.getAdjustment>): Promise<OutputOf<typeof endpoints.getAdjustment>> {
    return this.services.call(wallet.getAdjustment, { adjustmentId: params.id });
  }

  /** Somebody else's file: always saved and never shown, whatever it says it is. */
  @Get(':id/attachment')
  @Endpoint(endpoints.getAttachment)
  async getAttachment(
    { params }: InputOf<typeof endpoints.getAttachment>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OutputOf<typeof endpoints.getAttachment>> {
    const { fileName, content } = await this.services.call(wallet.getAttachment, { adjustmentId: params.id });
    reply.type('application/octet-stream');
    reply.header('content-disposition', attachmentDisposition(fileName));
    reply.header('cache-control', 'private, no-store');
    return content;
  }

  @Post(':id/approve')
  @Endpoint(endpoints.approveAdjustment)
  async approveAdjustment({
    params,
    principal,
  }: InputOf<typeof endpoints.approveAdjustment>): Promise<OutputOf<typeof endpoints.approveAdjustment>> {
    const request = { adjustmentId: params.id, operatorId: principal.accountId };
    return this.services.call(wallet.approveAdjustment, request);
  }

  @Post(':id/reject')
  @Endpoint(endpoints.rejectAdjustment)
  async rejectAdjustment({
    params,
    body,
    principal,
  }: InputOf<typeof endpoints.rejectAdjustment>): Promise<OutputOf<typeof endpoints.rejectAdjustment>> {
    const request = { adjustmentId: params.id, operatorId: principal.accountId, reason: body.reason };
    return this.services.call(wallet.rejectAdjustment, request);
  }

  /** The wallet opens an account for any number: a mistyped one must not get money that nobody can ever spend. */
  private async assertOwner(ownerId: string, account: wallet.AdjustableAccount): Promise<void> {
    const kind = await this.kindOf(ownerId);
    if (kind === OWNERS[account]) return;
    const whose = OWNERS[account] === 'merchant' ? 'a merchant' : 'a traffic owner';
    const message = `must be the number of ${whose}`;
    throw new DomainError('VALIDATION_FAILED', `${ownerId} is not ${whose}: ${account} can't be adjusted`, {
      errors: [{ field: 'ownerId', message }],
    });
  }

  private async kindOf(accountId: string): Promise<identity.AccountKind | null> {
    try {
      return (await this.services.call(identity.getOwner, { accountId })).kind;
    } catch (error) {
      if (DomainError.is(error, 'NOT_FOUND')) return null;
      throw error;
    }
  }
}
