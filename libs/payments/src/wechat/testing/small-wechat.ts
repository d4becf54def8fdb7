import 'reflect-metadata';
import { KeyObject, createCipheriv, createSign, createVerify, randomBytes, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { X509CertificateGenerator } from '@peculiar/x509';
import type { RawNotify } from '../../payment-channel.js';
import type { WechatSettings } from '../wechat-settings.js';

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Somebody with a key pair and a certificate that names it. */
export interface Identity {
  readonly serial: string;
  readonly privateKey: KeyObject;
  readonly publicPem: string;
  readonly privatePem: string;
  readonly certificate: string;
}

export async function newIdentity(fromDays = -1, toDays = 365): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const serial = `5F${randomBytes(19).toString('hex')}`.toUpperCase();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    name: 'CN=Tenpay.com Root CA',
    notBefore: new Date(Date.now() + fromDays * DAY_MS),
    notAfter: new Date(Date.now() + toDays * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const privateKey = KeyObject.from(keys.privateKey);
  return {
    serial,
    privateKey,
    publicPem: KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: certificate.toString('pem'),
  };
}

export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly body?: object;
  /** In the place of `body`, byte for byte. */
  readonly raw?: string | Buffer;
  readonly unsigned?: boolean;
  /** Changes what was signed properly. */
  readonly spoil?: (headers: Record<string, string>) => Record<string, string>;
}

/** `undefined` leaves the call open. */
export type Desk = (call: Call) => Answer | undefined;

export interface NotifyChanges {
  readonly signer?: { readonly serial: string; readonly privateKey: KeyObject };
  readonly apiV3Key?: string;
  readonly ageSeconds?: number;
  readonly resource?: Record<string, unknown>;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/**
 * WeChat Pay's side of APIv3 with real keys, on `node:http`: written from the protocol, without a line of the adapter.
 * It refuses what is not signed by the merchant, signs what it answers, and leaves what it answers to a desk.
 */
export class SmallWechat {
  readonly mchid = '1900000007';
  readonly appid = 'wx0000000000000007';
  readonly publicKeyId = 'PUB_KEY_ID_0119000000072026112000000000000001';
  readonly apiV3Key = randomBytes(16).toString('hex');
  readonly calls: Call[] = [];
  desk: Desk = () => ({ status: 404, body: { code: 'RESOURCE_NOT_EXISTS', message: 'no desk' } });
  baseUrl = '';
  /** WeChat Pay's own clock. */
  now = () => new Date();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  private constructor(
    readonly merchant: Identity,
    /** Whose public key is known by its id. */
    readonly platform: Identity,
    /** Whose key is known by its certificate. */
    readonly certified: Identity,
  ) {}

  static async listen(): Promise<SmallWechat> {
    const wechat = new SmallWechat(await newIdentity(), await newIdentity(), await newIdentity());
    wechat.server.listen(0, '127.0.0.1');
    await once(wechat.server, 'listening');
    wechat.baseUrl = `http://127.0.0.1:${(wechat.server.address() as AddressInfo).port}`;
    return wechat;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** What the merchant is configured with. */
  settings(more: Partial<WechatSettings> = {}): WechatSettings {
    return {
      accountId: 'wechat-main',
      baseUrl: this.baseUrl,
      mchid: this.mchid,
      appid: this.appid,
      feeBasisPoints: 60,
      merchantPrivateKey: this.merchant.privatePem,
      merchantCertificateSerial: this.merchant.serial,
      transferScene: { id: '1005', reportInfos: [{ infoType: '岗位类型', infoContent: '流量主' }] },
      apiV3Key: this.apiV3Key,
      previousApiV3Keys: [],
      platformPublicKeys: [{ id: this.publicKeyId, publicKey: this.platform.publicPem }],
      platformCertificates: [this.certified.certificate],
      ...more,
    };
  }

  get publicKeySigner() {
    return { serial: this.publicKeyId, privateKey: this.platform.privateKey };
  }

  /** A notify as WeChat Pay sends it, whole unless something of it is changed before it is signed. */
  notify(event: string, content: object | string, changes: NotifyChanges = {}): RawNotify {
    const { signer = this.publicKeySigner, apiV3Key = this.apiV3Key } = changes;
    const sealed = seal(typeof content === 'string' ? content : JSON.stringify(content), apiV3Key);
    const envelope = {
      id: 'EV-2018022511223320873',
      create_time: '2026-11-20T11:03:06+08:00',
      resource_type: 'encrypt-resource',
      event_type: event,
      summary: '支付成功',
      resource: { original_type: 'transaction', ...sealed, ...changes.resource },
    };
    const written = changes.body ?? JSON.stringify(envelope);
    const body = typeof written === 'string' ? Buffer.from(written) : written;
    const signed = this.signatureHeaders(body, signer, changes.ageSeconds);
    return { headers: { 'content-type': 'application/json', ...signed, ...changes.headers }, body };
  }

  signatureHeaders(
    body: Buffer,
    { serial, privateKey }: { readonly serial: string; readonly privateKey: KeyObject },
    ageSeconds = 0,
  ): Record<string, string> {
    const timestamp = String(Math.floor(this.now().getTime() / 1_000) - ageSeconds);
    const nonce = randomBytes(16).toString('hex');
    const sign = createSign('RSA-SHA256').update(`${timestamp}\n${nonce}\n`).update(body).update('\n');
    return {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-serial': serial,
      'wechatpay-signature': sign.sign(privateKey, 'base64'),
      'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const call: Call = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', this.baseUrl),
      headers: request.headers,
      text,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    this.calls.push(call);
    const stranger: Answer = {
      status: 401,
      body: { code: 'SIGN_ERROR', message: '错误的签名，验签失败' },
      unsigned: true,
    };
    const answer = this.isSignedByMerchant(call, request.url ?? '') ? this.desk(call) : stranger;
    if (!answer) return;
    const raw = Buffer.from(answer.raw ?? (answer.body ? JSON.stringify(answer.body) : ''));
    const asked = request.headers['wechatpay-serial'];
    const signer = asked === this.publicKeyId ? this.publicKeySigner : this.certified;
    const signed = answer.unsigned ? {} : this.signatureHeaders(raw, signer);
    response.writeHead(answer.status, answer.spoil?.(signed) ?? signed).end(raw);
  }

  private isSignedByMerchant({ method, headers, text }: Call, target: string): boolean {
    const [scheme, list = ''] = (headers.authorization ?? '').split(' ');
    const claims = new Map(
      list.split(',').map((part) => /^(\w+)="(.*)"$/.exec(part)?.slice(1) as [string, string]),
    );
    const message = [method, target, claims.get('timestamp'), claims.get('nonce_str'), text];
    const verify = createVerify('RSA-SHA256').update(message.map((line) => `${line}\n`).join(''));
    return (
      scheme === 'WECHATPAY2-SHA256-RSA2048' &&
      claims.get('mchid') === this.mchid &&
      claims.get('serial_no') === this.merchant.serial &&
      verify.verify(this.merchant.publicPem, claims.get('signature') ?? '', 'base64')
    );
  }
}

function seal(plain: string, apiV3Key: string) {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from(nonce));
  cipher.setAAD(Buffer.from('transaction'));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    associated_data: 'transaction',
    nonce,
  };
}
