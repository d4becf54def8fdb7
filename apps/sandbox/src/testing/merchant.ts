import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';

type Fields = Record<string, string>;

/** Beijing time, written once more than in the code under test. */
export function beijing(at: number | Date): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' });
}

let outTradeNumbers = 0;

/**
 * A merchant that speaks Alipay's protocol by itself: neither with the sandbox's code, which it tests, nor with the official
 * SDK, which has a spec of its own.
 */
export class Merchant {
  constructor(
    readonly appId = '9021000000000001',
    readonly sellerId = '2088000000000001',
  ) {}

  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

  /** The application public key, as it is given to Alipay. */
  get publicKeyPem(): string {
    return this.keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }

  get privateKeyPem(): string {
    return this.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  newOutTradeNo(): string {
    outTradeNumbers += 1;
    return `T${Date.now()}${outTradeNumbers}`;
  }

  /** Biz content of a new trade: 50 yuan, payable for a quarter of an hour. */
  terms(more: Record<string, unknown> = {}): Record<string, unknown> & { out_trade_no: string } {
    return {
      out_trade_no: this.newOutTradeNo(),
      total_amount: '50.00',
      subject: 'Wallet recharge',
      product_code: 'FAST_INSTANT_TRADE_PAY',
      time_expire: beijing(Date.now() + 15 * 60_000),
      ...more,
    };
  }

  /** All parameters of a request, signed; `more` adds or, with an empty string, drops public ones. */
  request(method: string, biz: unknown, more: Fields = {}): Fields {
    const fields: Fields = {
      app_id: this.appId,
      method,
      format: 'JSON',
      charset: 'utf-8',
      sign_type: 'RSA2',
      timestamp: beijing(Date.now()),
      version: '1.0',
      biz_content: JSON.stringify(biz),
      ...more,
    };
    return { ...fields, sign: this.sign(fields) };
  }

  sign(fields: Fields): string {
    const content = Object.keys(fields)
      .filter((key) => key !== 'sign' && fields[key] !== '')
      .sort()
      .map((key) => `${key}=${fields[key]}`)
      .join('&');
    return createSign('RSA-SHA256').update(content).sign(this.keys.privateKey, 'base64');
  }
}

/** Verifies what Alipay signs in notifies and synchronous returns, with Alipay's public key. */
export function isSignedByAlipay(fields: URLSearchParams, alipayPublicKeyPem: string): boolean {
  const content = [...fields]
    .filter(([key]) => key !== 'sign' && key !== 'sign_type')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
  return createVerify('RSA-SHA256')
    .update(content)
    .verify(alipayPublicKeyPem, fields.get('sign') ?? '', 'base64');
}
