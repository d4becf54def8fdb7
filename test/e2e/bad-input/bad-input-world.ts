import { expect } from '@jest/globals';
import {
  type Account,
  type ApiAnswer,
  type ApiClient,
  type ApiRequest,
  type Problem,
  startTestStack,
  type TestStack,
} from '#libs/testing';
import { Books } from '../support/books.js';
import { OpenApiCheck } from '../support/openapi-check.js';

export const ORDER = { amount: '50.00', channel: 'alipay', method: 'page' };
/** The right form, and nobody's. */
export const UNKNOWN_ID = '1077389205120450560';

export interface Expected {
  readonly status: number;
  readonly code: string;
  /** What `errors` must name; a request may be wrong in several fields. */
  readonly fields?: readonly string[];
}

export const invalid = (...fields: string[]): Expected => ({
  status: 400,
  code: 'VALIDATION_FAILED',
  fields,
});

/** One replica of everything, somebody of each kind, and every answer held against the OpenAPI document. */
export class BadInputWorld {
  stack!: TestStack;
  api!: ApiClient;
  books!: Books;
  openapi!: OpenApiCheck;
  merchant!: Account;
  trafficOwner!: Account;
  operator!: Account;
  auditor!: Account;

  async start(): Promise<void> {
    this.stack = await startTestStack({ replicas: 1 });
    this.books = await Books.open(this.stack.urls.mysql);
    this.openapi = await OpenApiCheck.of(this.stack.urls.gateway);
    this.api = this.stack.api({ onAnswer: this.openapi.check });
    this.merchant = await this.api.registerMerchant();
    this.trafficOwner = await this.api.register('traffic_owner');
    this.operator = await this.api.signInOperator();
    this.auditor = await this.api.signIn('auditor@demo.test', 'Demo-pass-1');
  }

  async stop(): Promise<void> {
    await this.books?.close();
    await this.stack?.stop();
  }

  /** Sends a request, and holds it to a refusal that is whole and leaves no trace. */
  async expectRefusal(
    send: () => Promise<ApiAnswer<Problem>>,
    { status, code, fields = [] }: Expected,
  ): Promise<ApiAnswer<Problem>> {
    const before = await this.books.rowCounts();
    const answer = await send();
    const { body, contentType, requestId, path } = answer;
    expect({ status: answer.status, code: body.code }).toEqual({ status, code });
    expect(contentType).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      type: `urn:clearbid:problem:${code}`,
      status,
      title: expect.stringMatching(/\w/),
      detail: expect.stringMatching(/\w/),
      instance: path.replace(/\?.*/s, ''),
      requestId,
    });
    expect([...new Set(body.errors?.map(({ field }) => field))].sort()).toEqual([...fields].sort());
    for (const { message } of body.errors ?? []) expect(message).toMatch(/\w/);
    expect(await this.books.rowCounts()).toEqual(before);
    return answer;
  }

  asMerchant(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer<Problem>> {
    return this.merchant.send(method, path, request);
  }
}
