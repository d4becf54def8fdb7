import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Log } from '#libs/service';
import { CallLimit } from '../alipay/call-limit.js';
import { SandboxConfig } from '../config.js';
import { Faults } from '../faults/faults.js';
import { queryOf } from '../http/form.js';
import { Journal } from '../journal/journal.js';
import { Statistics } from '../stats/statistics.js';
import { authenticate, type RawRequest } from './authorization.js';
import { failures, isFailure, type WechatFailure } from './failure.js';
import type { Operation, WechatAnswer, WechatRequest } from './operations/operation.js';
import { replyMessage, signSha256 } from './signature.js';
import { WechatKeys, type PlatformSigner } from './wechat-keys.js';
import { WechatMerchants } from './wechat-merchants.js';

/** A request before anybody has looked at it. */
export interface IncomingRequest extends RawRequest {
  readonly accept: string | undefined;
  readonly userAgent: string | undefined;
  readonly contentType: string | undefined;
  readonly platformSerial: string | undefined;
}

/** What goes on the wire. */
export type WireAnswer =
  | {
      readonly type: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | Buffer;
    }
  | { readonly type: 'server-error' }
  | { readonly type: 'no-answer' };

/** Everything that every call of APIv3 has in common: who sends it, how often, which trouble strikes, who signs the reply. */
@Injectable()
export class WechatApi {
  private readonly limits: ReadonlyMap<string, CallLimit>;

  constructor(
    config: SandboxConfig,
    private readonly keys: WechatKeys,
    private readonly merchants: WechatMerchants,
    private readonly faults: Faults,
    private readonly journal: Journal,
    private readonly statistics: Statistics,
    private readonly log: Log,
  ) {
    this.limits = new Map(
      merchants.all().map(({ mchid }) => [mchid, new CallLimit(config.callsPerSecond)] as const),
    );
    statistics.report('wechatLimits', () =>
      Object.fromEntries([...this.limits].map(([mchid, limit]) => [mchid, limit.statistics()])),
    );
  }

  async handle(incoming: IncomingRequest, operation: Operation): Promise<WireAnswer> {
    this.statistics.count('calls', operation.name);
    const merchant = authenticate(incoming, (mchid) => this.merchants.find(mchid), Date.now());
    // The channel does not sign for somebody it does not know.
    if (isFailure(merchant)) return this.refuse(operation, merchant);
    const signer = this.signerFor(incoming.platformSerial);
    if (signer === undefined) return this.refuse(operation, failures.unknownPlatformKey);
    if (this.limits.get(merchant.mchid)?.tryCall() === false) {
      return this.refuse(operation, failures.frequencyLimited, signer);
    }
    const malformed = checkHeaders(incoming);
    if (malformed) return this.refuse(operation, malformed, signer);
    const { body, url, platformSerial } = incoming;
    const request = { merchant, body, query: queryOf(url), platformSerial };
    return this.workWithTrouble(operation, request, signer);
  }

  /** The faults that lie in the call itself: some strike before the work is done, some after. */
  private async workWithTrouble(
    operation: Operation,
    request: WechatRequest,
    signer: PlatformSigner,
  ): Promise<WireAnswer> {
    const subject = operation.subject(request.body);
    if (this.faults.strikes('serverError', subject)) return { type: 'server-error' };
    if (this.faults.strikes('overloaded', subject))
      return this.refuse(operation, failures.frequencyLimited, signer);
    if (this.faults.strikes('unsignedError', subject)) return this.refuse(operation, failures.systemError);
    const result = await operation.work(request);
    await this.journal.flush();
    if (this.faults.strikes('timeoutAfterWork', subject)) return { type: 'no-answer' };
    const isUnknown = this.faults.strikes('systemError', subject);
    const shown = isUnknown ? failures.systemError : result;
    const reply = isFailure(shown)
      ? await this.refuse(operation, shown, signer)
      : await signedReply(shown, signer);
    return this.faults.strikes('tamperedReply', subject) ? tamperWith(reply) : reply;
  }

  /** The newest certificate's key, unless the request names another of the platform's keys. */
  private signerFor(platformSerial: string | undefined): PlatformSigner | undefined {
    if (platformSerial === undefined || platformSerial === '') return this.keys.certificateSigner;
    return this.keys.signerOf(platformSerial);
  }

  private async refuse(
    operation: Operation,
    failure: WechatFailure,
    signer?: PlatformSigner,
  ): Promise<WireAnswer & { type: 'reply' }> {
    this.statistics.count('refusals', failure.code);
    this.log.debug({ call: operation.name, code: failure.code, detail: failure.detail }, 'Refused a call');
    const { status, code, message, detail } = failure;
    return signedReply(
      { status, body: { code, message, ...(detail === undefined ? {} : { detail }) } },
      signer,
    );
  }
}

/** Headers that the channel insists on. */
function checkHeaders(request: IncomingRequest): WechatFailure | undefined {
  if (!/application\/json|\*\/\*/.test(request.accept ?? '') || !request.userAgent)
    return failures.unacceptable;
  const isJson = /^application\/json\b/i.test(request.contentType ?? '');
  // A call that takes no parameters, as the cancelling of a transfer, may come without a body.
  return request.method === 'POST' && request.body !== '' && !isJson ? failures.wrongContentType : undefined;
}

async function signedReply(
  answer: WechatAnswer | { readonly status: number; readonly body: Readonly<Record<string, unknown>> },
  signer: PlatformSigner | undefined,
): Promise<WireAnswer & { type: 'reply' }> {
  if ('file' in answer) {
    const headers = { 'content-type': 'application/octet-stream' };
    return { type: 'reply', status: answer.status, headers, body: answer.file };
  }
  const body = 'body' in answer ? JSON.stringify(answer.body) : '';
  const headers = {
    'request-id': randomBytes(16).toString('hex').toUpperCase(),
    ...(body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(signer === undefined ? {} : await signatureHeaders(body, signer)),
  };
  return { type: 'reply', status: answer.status, headers, body };
}

async function signatureHeaders(body: string, signer: PlatformSigner): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = randomBytes(16).toString('hex');
  return {
    'wechatpay-nonce': nonce,
    'wechatpay-serial': signer.serial,
    'wechatpay-signature': await signSha256(replyMessage(timestamp, nonce, body), signer.privateKey),
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    'wechatpay-timestamp': timestamp,
  };
}

/** The same reply changed on the way: one more field, or, where there is no body, another nonce. */
function tamperWith(reply: WireAnswer & { type: 'reply' }): WireAnswer {
  if (typeof reply.body !== 'string') {
    const changed = Buffer.from(reply.body);
    const middle = changed.length >> 1;
    changed[middle] = (changed[middle] ?? 0) ^ 0x01;
    return { ...reply, body: changed };
  }
  if (reply.body === '')
    return { ...reply, headers: { ...reply.headers, 'wechatpay-nonce': 'changed-on-the-way' } };
  return { ...reply, body: `${reply.body.slice(0, -1)},"changed":true}` };
}
