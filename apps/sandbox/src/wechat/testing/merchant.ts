import {
  constants,
  createDecipheriv,
  createSign,
  createVerify,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

let outTradeNumbers = 0;

/** What a request can be told to do otherwise than right. */
export interface RequestChanges {
  readonly mchid?: string;
  readonly serialNo?: string;
  readonly timestamp?: number;
  /** In the place of the whole header; `null` sends none. */
  readonly authorization?: string | null;
  /** What is signed, where it differs from what is sent. */
  readonly signedBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes the answer's body, where it is no text. */
  readonly read?: (response: Response) => Promise<void>;
}

export interface WechatReply<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** Merchant's requests and what it understands of the answers, written without a line of the code under test. */
export class WechatMerchantUnderTest {
  readonly appid = 'wx0000000000000001';
  readonly serialNo = randomBytes(20).toString('hex').toUpperCase();
  readonly apiV3Key = randomBytes(16).toString('hex');
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  baseUrl = '';

  constructor(readonly mchid = '1900000001') {}

  get publicKeyPem(): string {
    return this.keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }

  newOutTradeNo(): string {
    outTradeNumbers += 1;
    return `W${Date.now()}${outTradeNumbers}`;
  }

  /** The body of a prepay: 50 yuan, payable for a quarter of an hour. */
  terms(more: Record<string, unknown> = {}): Record<string, unknown> & { out_trade_no: string } {
    return {
      appid: this.appid,
      mchid: this.mchid,
      description: 'Wallet recharge',
      out_trade_no: this.newOutTradeNo(),
      time_expire: new Date(Date.now() + 15 * 60_000).toISOString(),
      notify_url: 'http://127.0.0.1:9/v1/notify/wechat',
      amount: { total: 5000, currency: 'CNY' },
      ...more,
    };
  }

  /** The body of a transfer of 20 yuan. @param userName sealed for the platform */
  transferTerms(number: string, userName: string): Record<string, unknown> {
    return {
      appid: this.appid,
      out_bill_no: number,
      transfer_scene_id: '1005',
      openid: 'o-MYE42l80oelYMDE34nYD456Xoy',
      user_name: userName,
      transfer_amount: 2000,
      transfer_remark: 'Earnings',
      transfer_scene_report_infos: [
        { info_type: '岗位类型', info_content: '推广' },
        { info_type: '报酬说明', info_content: '推广收益' },
      ],
    };
  }

  /** Encrypts a field for the platform. */
  seal(text: string, platformKey: KeyObject, oaepHash = 'sha1'): string {
    const key = { key: platformKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash };
    return publicEncrypt(key, Buffer.from(text)).toString('base64');
  }

  async call<Body = Record<string, unknown>>(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    changes: RequestChanges = {},
  ): Promise<WechatReply<Body>> {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const authorization = changes.authorization ?? this.authorization(method, path, text, changes);
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: text }),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(changes.authorization === null ? {} : { authorization }),
        ...changes.headers,
      },
    });
    const answer = changes.read === undefined ? await response.text() : '';
    await changes.read?.(response);
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      body: (isJson && answer !== '' ? JSON.parse(answer) : {}) as Body,
    };
  }

  private authorization(method: string, path: string, text: string, changes: RequestChanges): string {
    const nonce = randomBytes(16).toString('hex');
    const timestamp = changes.timestamp ?? Math.floor(Date.now() / 1000);
    const message = `${method}\n${path}\n${timestamp}\n${nonce}\n${changes.signedBody ?? text}\n`;
    const signature = createSign('RSA-SHA256').update(message).sign(this.keys.privateKey, 'base64');
    const { mchid = this.mchid, serialNo = this.serialNo } = changes;
    return (
      `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signature}",` +
      `timestamp="${timestamp}",serial_no="${serialNo}"`
    );
  }

  /** Opens a field that the platform has encrypted with this merchant's key. */
  unseal(base64: string): string {
    const key = { key: this.keys.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    return privateDecrypt(key, Buffer.from(base64, 'base64')).toString('utf8');
  }

  /** Opens an encrypted resource, of a notify or of the list of certificates. */
  decrypt(resource: { nonce: string; associated_data: string; ciphertext: string }): string {
    const bytes = Buffer.from(resource.ciphertext, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(this.apiV3Key), Buffer.from(resource.nonce));
    decipher.setAAD(Buffer.from(resource.associated_data));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
  }
}

/** Whether the signature of a reply or notify covers its very bytes. */
export function isSignedByWechat(
  headers: { get(name: string): string | null },
  text: string,
  publicKey: string | KeyObject,
): boolean {
  const message = `${headers.get('wechatpay-timestamp')}\n${headers.get('wechatpay-nonce')}\n${text}\n`;
  return createVerify('RSA-SHA256')
    .update(message)
    .verify(publicKey, headers.get('wechatpay-signature') ?? '', 'base64');
}
