import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AlipaySettings } from '../alipay/alipay-settings.js';

type Fields = Readonly<Record<string, string>>;
/** What to do with one call: answer it, leave it open, or cut the connection. */
type Answer = (call: Fields, response: ServerResponse) => void;

const pem = (key: 'pkcs8' | 'spki') => ({ type: key, format: 'pem' }) as const;

/**
 * Alipay's gateway and Alipay's side of the keys, in a page of `node:crypto` and `node:http`: written from the protocol
 * (`docs`), with nothing of the SDK that the adapter uses.
 */
export class SmallAlipay {
  readonly appId = '2021000000000007';
  readonly sellerId = '2088000000000007';
  /** Every call that came in, URL and form together, in order. */
  readonly calls: Fields[] = [];
  private readonly application = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly alipay = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly answers = new Map<string, Answer>();
  private gatewayUrl = '';
  private readonly server = createServer((request, response) => void this.serve(request, response));

  static async listen(): Promise<SmallAlipay> {
    const alipay = new SmallAlipay();
    alipay.server.listen(0, '127.0.0.1');
    await once(alipay.server, 'listening');
    const { port } = alipay.server.address() as AddressInfo;
    alipay.gatewayUrl = `http://127.0.0.1:${port}/gateway.do`;
    return alipay;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** What the merchant is configured with. */
  settings(more: Partial<AlipaySettings> = {}): AlipaySettings {
    return {
      accountId: 'alipay-main',
      gatewayUrl: this.gatewayUrl,
      appId: this.appId,
      sellerId: this.sellerId,
      privateKey: this.application.privateKey.export(pem('pkcs8')).toString(),
      theirs: { alipayPublicKeys: [this.publicKey] },
      feeBasisPoints: 60,
      ...more,
    };
  }

  /** Alipay's own, as its console shows it. */
  get publicKey(): string {
    return this.alipay.publicKey.export(pem('spki')).toString();
  }

  /** Answers a method with this inner object, properly signed. */
  reply(method: string, body: object): void {
    this.answerText(method, this.signedReply(method, body));
  }

  /** Answers a method with exactly this. */
  answerText(method: string, text: string, status = 200): void {
    this.on(method, (_call, response) => response.writeHead(status).end(text));
  }

  on(method: string, answer: Answer): void {
    this.answers.set(method, answer);
  }

  signedReply(method: string, body: object): string {
    const inner = this.serialised(body);
    return `{"${this.nameOf(method)}":${inner},"sign":"${this.sign(inner)}"}`;
  }

  nameOf(method: string): string {
    return `${method.replaceAll('.', '_')}_response`;
  }

  /** Alipay escapes slashes, so that whoever parses and serialises again has other bytes than were signed. */
  serialised(body: object): string {
    return JSON.stringify(body).replaceAll('/', '\\/');
  }

  sign(text: string, algorithm: 'RSA-SHA256' | 'RSA-SHA1' = 'RSA-SHA256'): string {
    return createSign(algorithm).update(text, 'utf8').sign(this.alipay.privateKey, 'base64');
  }

  /** What is signed of a notify: everything but `sign` and `sign_type`, by name, empty values included. */
  notifyText(fields: Fields): string {
    return Object.keys(fields)
      .filter((name) => name !== 'sign' && name !== 'sign_type')
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join('&');
  }

  /** The fields of a notify with their signature. */
  signedNotify(fields: Fields): Fields {
    return { ...fields, sign: this.sign(this.notifyText(fields)) };
  }

  /** Whether the application's key signed this call, which is the first thing that Alipay looks at. */
  isSignedByApplication(call: Fields): boolean {
    const text = Object.keys(call)
      .filter((name) => name !== 'sign' && call[name] !== '')
      .sort()
      .map((name) => `${name}=${call[name]}`)
      .join('&');
    const verify = createVerify('RSA-SHA256').update(text, 'utf8');
    return verify.verify(this.application.publicKey, call['sign'] ?? '', 'base64');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'http://alipay.test');
    const call = {
      ...Object.fromEntries(url.searchParams),
      ...Object.fromEntries(new URLSearchParams(body)),
    };
    this.calls.push(call);
    const answer = this.answers.get(call['method'] ?? '');
    if (answer) answer(call, response);
    else response.writeHead(404).end();
  }
}
