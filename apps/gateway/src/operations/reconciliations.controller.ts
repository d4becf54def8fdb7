import { payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import { differencesCsv } from './differences-csv.js';
import * as endpoints from './reconciliations.endpoints.js';

const PAGE_SIZE = 100;

@ApiTags('Operators')
@Controller('v1/admin')
export class ReconciliationsController {
  constructor(private readonly services: RpcClient) {}

  @Post('reconciliations')
  @Endpoint(endpoints.startReconciliation)
  async startReconciliation({
    body,
  }: InputOf<typeof endpoints.startReconciliation>): Promise<OutputOf<typeof endpoints.startReconciliation>> {
    return this.services.call(payment.startReconciliation, body);
  }

  @Get('reconciliations')
  @Endpoint(endpoints.listReconciliations)
  async listReconciliations({
    query,
  }: InputOf<typeof endpoints.listReconciliations>): Promise<OutputOf<typeof endpoints.listReconciliations>> {
    return this.services.call(payment.listReconciliations, query);
  }

  @Get('reconciliations/:id')
  @Endpoint(endpoints.getReconciliation)
  async getReconciliation({
    params,
  }: InputOf<typeof endpoints.getReconciliation>): Promise<OutputOf<typeof endpoints.getReconciliation>> {
    return this.services.call(payment.getReconciliation, params);
  }

  @Get('reconciliations/:id/differences.csv')
  @Endpoint(endpoints.downloadDifferences)
  async downloadDifferences(
    { params }: InputOf<typeof endpoints.downloadDifferences>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { accountId, billDate } = await this.services.call(payment.getReconciliation, params);
    reply.type('text/csv; charset=utf-8');
    reply.header('content-disposition', `attachment; filename="differences-${accountId}-${billDate}.csv"`);
    return differencesCsv(await this.allDifferences(params.id));
  }

  @Get('reconciliation-differences')
  @Endpoint(endpoints.listDifferences)
  async listDifferences({
    query,
  }: InputOf<typeof endpoints.listDifferences>): Promise<OutputOf<typeof endpoints.listDifferences>> {
    return this.services.call(payment.listDifferences, query);
  }

  @Post('reconciliation-differences/:id/settle')
  @Endpoint(endpoints.settleDifference)
  async settleDifference({
    params,
    body,
    principal,
  }: InputOf<typeof endpoints.settleDifference>): Promise<OutputOf<typeof endpoints.settleDifference>> {
    const request = { ...body, id: params.id, operatorId: principal.accountId };
    return this.services.call(payment.settleDifference, request);
  }

  @Post('reconciliation-differences/:id/approval')
  @Endpoint(endpoints.approveWriteOff)
  async approveWriteOff({
    params,
    body,
    principal,
  }: InputOf<typeof endpoints.approveWriteOff>): Promise<OutputOf<typeof endpoints.approveWriteOff>> {
    const request = { ...body, id: params.id, operatorId: principal.accountId };
    return this.services.call(payment.approveWriteOff, request);
  }

  private async allDifferences(reconciliationId: string): Promise<payment.Difference[]> {
    const all: payment.Difference[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.services.call(payment.listDifferences, {
        reconciliationId,
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      all.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  }
}
