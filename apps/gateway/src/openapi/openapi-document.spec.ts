import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { errorTable, isErrorCode } from '#libs/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { previewOpenApiDocument } from './preview-document.js';

const COMMITTED = join(import.meta.dirname, '../../../../docs/openapi.json');

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security?: unknown[];
  responses: Record<
    string,
    { content?: Record<string, { schema: { allOf?: { properties?: { code: { enum: string[] } } }[] } }> }
  >;
}

describe('the OpenAPI document', () => {
  let document: OpenAPIObject;
  let operations: [route: string, operation: Operation][];

  beforeAll(async () => {
    document = JSON.parse(JSON.stringify(await previewOpenApiDocument())) as OpenAPIObject;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, Operation] => [
        `${method} ${path}`,
        operation as Operation,
      ]),
    );
  });

  it('is committed as it is: run `npm run openapi` after changing a route', async () => {
    expect(document).toEqual(JSON.parse(await readFile(COMMITTED, 'utf8')));
  });

  it('has a name of its own, a summary and a group for every operation', () => {
    const names = operations.map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [, { summary, tags }] of operations) {
      expect(summary).not.toBe('');
      expect(tags).toHaveLength(1);
    }
  });

  it('refers to nothing that it does not hold', () => {
    const references = new Set(JSON.stringify(document).match(/#\/[\w$/]+/g));
    const held = Object.keys(document.components?.schemas ?? {}).map(
      (name) => `#/components/schemas/${name}`,
    );
    expect([...references].filter((reference) => !held.includes(reference))).toEqual([]);
  });

  it('tells the codes of every refusal, each under its own status', () => {
    for (const [route, { responses }] of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        const codes = content?.['application/problem+json']?.schema.allOf?.[1]?.properties?.code.enum ?? [];
        expect([route, status, codes.map((code) => isErrorCode(code) && errorTable[code].status)]).toEqual([
          route,
          status,
          codes.map(() => Number(status)),
        ]);
      }
    }
  });

  it('asks for a token exactly where the gateway does', () => {
    const open = operations.filter(([, { security }]) => security === undefined).map(([route]) => route);
    expect(open.filter((route) => route.includes('/v1/'))).toEqual([
      'post /v1/auth/register',
      'post /v1/auth/login',
      'post /v1/auth/refresh',
      'post /v1/notify/alipay',
      'post /v1/notify/wechat',
    ]);
  });

  it('shows amounts as decimal strings', () => {
    const recharge = document.components?.schemas?.Recharge as { properties: { amount: object } };
    expect(recharge.properties.amount).toMatchObject({
      type: 'string',
      pattern: expect.any(String),
      examples: ['50.00'],
    });
  });
});
