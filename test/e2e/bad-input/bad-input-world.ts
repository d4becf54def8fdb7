import { expect } from '@jest/globals';
import type { Account, ApiAnswer, ApiRequest, Problem } from '#libs/testing';
import type { QuietWorld } from '../quiet/quiet-world.js';

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

/** Somebody of each kind, in a world that stands already. */
export class BadInputWorld {
  merchant!: Account;
  trafficOwner!: Account;
  operator!: Account;
  auditor!: Account;

  constructor(private readonly world: QuietWorld) {}

  get stack() {
    return this.world.stack;
  }

  get api() {
    return this.world.api;
  }

  async enter(): Promise<void> {
    this.merchant = await this.api.registerMerchant();
    this.trafficOwner = await this.api.register('traffic_owner');
    this.operator = await this.api.signInOperator();
    this.auditor = await this.api.signIn('auditor@demo.test', 'Demo-pass-1');
  }

  /** Sends a request, and holds it to a refusal that is whole and leaves no trace. */
  async expectRefusal(
    send: () => Promise<ApiAnswer<Problem>>,
    { status, code, fields = [] }: Expected,
  ): Promise<ApiAnswer<Problem>> {
    const before = await this.world.books.rowCounts();
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
    expect(await this.world.books.rowCounts()).toEqual(before);
    return answer;
  }

  asMerchant(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer<Problem>> {
    return this.merchant.send(method, path, request);
  }
}
