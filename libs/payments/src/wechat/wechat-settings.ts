import { z } from 'zod';
import type { TransferScene } from './wechat-transfers.js';

const file = z.string().min(1);

/** A merchant's settings as the accounts file has them: keys are named by their files. */
export const wechatFileSettings = z
  .strictObject({
    /** E.g. `https://api.mch.weixin.qq.com`. */
    baseUrl: z.url({ protocol: /^https?$/ }),
    mchid: z.string().regex(/^\d{1,32}$/, 'the number of a merchant, digits only'),
    appid: z.string().min(1).max(32),
    /** The contract's rate in hundredths of a percent: 60 = 0.6 %. */
    feeBasisPoints: z.number().int().min(0).max(10_000).default(60),
    /** How long an answer is waited for; what was asked is then of unknown outcome. */
    timeoutMs: z.number().int().min(1_000).max(60_000).default(5_000),
    merchantPrivateKeyFile: file,
    /** Of the merchant API certificate that belongs to the private key, as the merchant platform shows it. */
    merchantCertificateSerial: z.string().regex(/^[0-9a-f]{8,64}$/i, 'a certificate serial, hexadecimal'),
    apiV3KeyFile: file,
    /** Those before it: notifies sealed with one are still on their way after the key was changed. */
    previousApiV3KeyFiles: z.array(file).default([]),
    /** The first one is what WeChat Pay is asked to sign with. */
    platformPublicKeys: z
      .array(z.strictObject({ id: z.string().regex(/^PUB_KEY_ID_\w+$/, 'begins with PUB_KEY_ID_'), file }))
      .default([]),
    platformCertificateFiles: z.array(file).default([]),
    /** Of transfers, as the merchant platform has granted it; 1005 is commissions and other pay for services. */
    transferSceneId: z
      .string()
      .regex(/^\d{1,36}$/, 'the number of a scene, digits only')
      .default('1005'),
    /** What that scene has to be told; WeChat Pay prescribes the types word for word. */
    transferSceneReportInfos: z
      .array(z.strictObject({ infoType: z.string().min(1).max(15), infoContent: z.string().min(1).max(32) }))
      .min(1)
      .default([
        { infoType: '岗位类型', infoContent: '流量主' },
        { infoType: '报酬说明', infoContent: '广告收入提现' },
      ]),
  })
  .refine(
    ({ platformPublicKeys, platformCertificateFiles }) =>
      platformPublicKeys.length + platformCertificateFiles.length > 0,
    {
      path: ['platformPublicKeys'],
      message: 'a public key or a certificate of the platform has to be there',
    },
  );

/** Whose keys they are and what they say. */
export interface WechatKeySettings {
  /** PEM or bare base64. */
  readonly merchantPrivateKey: string;
  readonly apiV3Key: string;
  readonly previousApiV3Keys: readonly string[];
  /** Public-key mode. The first one is what WeChat Pay is asked to sign with. */
  readonly platformPublicKeys: readonly { readonly id: string; readonly publicKey: string }[];
  /** Certificate mode, PEM; may stand beside public keys while a merchant is switched over. */
  readonly platformCertificates: readonly string[];
}

/** One merchant at WeChat Pay, with its application. */
export interface WechatSettings extends WechatKeySettings {
  readonly accountId: string;
  readonly baseUrl: string;
  readonly mchid: string;
  readonly appid: string;
  readonly feeBasisPoints: number;
  readonly merchantCertificateSerial: string;
  readonly transferScene: TransferScene;
  readonly timeoutMs?: number;
  /** The clock; the machine's where it is left out. */
  readonly now?: () => Date;
}
