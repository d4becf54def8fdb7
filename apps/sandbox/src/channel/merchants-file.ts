import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { BadConfigurationError } from '#libs/service';
import type { AlipayApplicationEntry } from '../alipay/alipay-applications.js';
import type { WechatMerchantEntry } from '../wechat/wechat-merchants.js';

const digits = z.string().regex(/^\d{1,32}$/, 'must be up to 32 digits');

const file = z
  .strictObject({
    alipay: z
      .array(
        z.strictObject({
          appId: digits,
          sellerId: digits,
          publicKeyFile: z.string().min(1),
          certificates: z.boolean().default(false),
        }),
      )
      .default([]),
    wechat: z
      .array(
        z.strictObject({
          mchid: digits,
          appids: z.array(z.string().min(1)).min(1),
          serialNo: z.string().regex(/^[0-9A-Fa-f]{1,40}$/, 'must be hexadecimal'),
          publicKeyFile: z.string().min(1),
          apiV3KeyFile: z.string().min(1),
        }),
      )
      .default([]),
  })
  .refine(
    ({ alipay, wechat }) => alipay.length + wechat.length > 0,
    'names nobody, neither alipay nor wechat',
  );

/** Who the channels know. */
export interface Merchants {
  readonly alipay: readonly AlipayApplicationEntry[];
  readonly wechat: readonly WechatMerchantEntry[];
}

/**
 * The file of merchants; names of key files are relative to it.
 *
 * @throws BadConfigurationError when it can't be read, or names something that is not to be had.
 */
export async function readMerchants(path: string): Promise<Merchants> {
  const refuse = (problems: readonly string[]): never => {
    throw new BadConfigurationError(
      'sandbox',
      problems.map((problem) => `SANDBOX_MERCHANTS_FILE: ${problem}`),
    );
  };
  const text = await readFile(path, 'utf8').catch(() => refuse([`${path} can't be read`]));
  const parsed = file.safeParse(parseJson(text));
  if (!parsed.success) {
    return refuse(parsed.error.issues.map((issue) => `${issue.path.join('.') || path}: ${issue.message}`));
  }
  const beside = (name: string) => resolve(dirname(path), name);
  return {
    alipay: parsed.data.alipay.map((application) => ({
      ...application,
      publicKeyFile: beside(application.publicKeyFile),
    })),
    wechat: parsed.data.wechat.map((merchant) => ({
      ...merchant,
      publicKeyFile: beside(merchant.publicKeyFile),
      apiV3KeyFile: beside(merchant.apiV3KeyFile),
    })),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
