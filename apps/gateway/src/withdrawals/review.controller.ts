import { withdrawal } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import * as endpoints from './review.endpoints.js';

/** A hundred approvals take longer than one. */
const OF_MANY = { timeoutMs: 15_000 };

@ApiTags('Operators')
@Controller('v1/admin/withdrawals')
export class WithdrawalReviewController {
  constructor(private readonly services: RpcClient) {}

  @Get()
  @Endpoint(endpoints.listForReview)
  async listForReview({
    query,
  }: InputOf<typeof endpoints.listForReview>): Promise<OutputOf<typeof endpoints.listForReview>> {
    return this.services.call(withdrawal.listForReview, query);
  }

  @Post('approve')
  @Endpoint(endpoints.approveWithdrawals)
  async approveWithdrawals({
    body,
    principal,
  }: InputOf<typeof endpoints.approveWithdrawals>): Promise<OutputOf<typeof endpoints.approveWithdrawals>> {
    const request = { ...body, operatorId: principal.accountId };
    return this.services.call(withdrawal.approveMany, request, OF_MANY);
  }

  @Get(':id')
  @Endpoint(endpoints.getAnyWithdrawal)
  async getAnyWithdrawal({
    params,
  }: InputOf<typeof endpoints.getAnyWithdrawal>): Promise<OutputOf<typeof endpoints.getAnyWithdrawal>> {
    return this.services.call(withdrawal.getWithdrawal, { withdrawalId: params.id, ownerId: null });
  }

  @Post(':id/approve')
  @Endpoint(endpoints.approveWithdrawal)
  async approveWithdrawal({
    params,
    body,
    principal,
  }: InputOf<typeof endpoints.approveWithdrawal>): Promise<OutputOf<typeof endpoints.approveWithdrawal>> {
    const request = { ...body, withdrawalId: params.id, operatorId: principal.accountId };
    return this.services.call(withdrawal.approveWithdrawal, request);
  }

  @Post(':id/reject')
  @Endpoint(endpoints.rejectWithdrawal)
  async rejectWithdrawal({
    params,
    body,
    principal,
  }: InputOf<typeof endpoints.rejectWithdrawal>): Promise<OutputOf<typeof endpoints.rejectWithdrawal>> {
    const request = { ...body, withdrawalId: params.id, operatorId: principal.accountId };
    return this.services.call(withdrawal.rejectWithdrawal, request);
  }
}
