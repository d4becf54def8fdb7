import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { BadConfigurationError } from '#libs/service';
import type { WechatMerchantEntry } from './wechat-merchants.js';

const file = z.object({
  wechat: z
    .array(
      z.strictObject({
        mchid: z.string().regex(/^\d{1,32}$/, 'must be up to 32 digits'),
        appids: z.array(z.string().min(1)).min(1),
        serialNo: z.string().regex(/^[0-9A-Fa-f]{1,40}$/, 'must be hexadecimal'),
        publicKeyFile: z.string().min(1),
        apiV3KeyFile: z.string().min(1),
      }),
    )
    .default([]),
});

/**
 * The merchants of WeChat Pay in the file of merchants; names of key files are relative to it.
 *
 * @throws BadConfigurationError when it can't be read.
 */
export async function readWechatMerchants(path: string | undefined): Promise<WechatMerchantEntry[]> {
  if (path === undefined) return [];
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
  return parsed.data.wechat.map((merchant) => ({
    ...merchant,
    publicKeyFile: resolve(dirname(path), merchant.publicKeyFile),
    apiV3KeyFile: resolve(dirname(path), merchant.apiV3KeyFile),
  }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
