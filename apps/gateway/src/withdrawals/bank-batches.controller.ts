import { DomainError, withdrawal } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import * as endpoints from './bank-batches.endpoints.js';

/** A file of thousands of lines is one transaction. */
const OF_A_FILE = { timeoutMs: 15_000 };
const MAX_CHARACTERS = 2_000_000;

@ApiTags('Operators')
@Controller('v1/admin/bank-batches')
export class BankBatchesController {
  constructor(private readonly services: RpcClient) {}

  @Post()
  @Endpoint(endpoints.createBankBatch)
  async createBankBatch({
    principal,
  }: InputOf<typeof endpoints.createBankBatch>): Promise<OutputOf<typeof endpoints.createBankBatch>> {
    return this.services.call(withdrawal.createBankBatch, { operatorId: principal.accountId }, OF_A_FILE);
  }

  @Get()
  @Endpoint(endpoints.listBankBatches)
  async listBankBatches({
    query,
  }: InputOf<typeof endpoints.listBankBatches>): Promise<OutputOf<typeof endpoints.listBankBatches>> {
    return this.services.call(withdrawal.listBankBatches, query);
  }

  @Get(':id/file')
  @Endpoint(endpoints.downloadBankFile)
  async downloadBankFile(
    { params, principal }: InputOf<typeof endpoints.downloadBankFile>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const request = { batchId: params.id, operatorId: principal.accountId };
    const { name, csv } = await this.services.call(withdrawal.getBankFile, request, OF_A_FILE);
    reply.type('text/csv; charset=utf-8');
    reply.header('content-disposition', `attachment; filename="${name}"`);
    // Names and card numbers have no business in any cache.
    reply.header('cache-control', 'no-store');
    return csv;
  }

  @Post('results')
  @Endpoint(endpoints.importBankResults)
  async importBankResults({
    body,
    principal,
  }: InputOf<typeof endpoints.importBankResults>): Promise<OutputOf<typeof endpoints.importBankResults>> {
    const request = { operatorId: principal.accountId, csv: textOf(body) };
    return this.services.call(withdrawal.importBankResults, request, OF_A_FILE);
  }
}

/** Banks write UTF-8 or GB 18030: whatever is neither would be booked with names that nobody can read. */
function textOf(bytes: Buffer): string {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (text !== '' && text.length <= MAX_CHARACTERS) return text;
    } catch {
      continue;
    }
  }
  const message = `must be text of 1 to ${MAX_CHARACTERS} characters, in UTF-8 or GB 18030`;
  throw new DomainError('BANK_RESULTS_INVALID', `The results ${message}`, {
    errors: [{ field: 'csv', message }],
  });
}
