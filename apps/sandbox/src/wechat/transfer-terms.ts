import { z } from 'zod';
import { MAX_FEN } from '../trade/fen.js';
import type { TransferTerms } from '../transfer/transfer.js';
import { failures, invalidParameter, isFailure, type WechatFailure } from './failure.js';
import type { WechatRequest } from './operations/operation.js';
import * as parameters from './parameters.js';
import { decryptSensitive } from './sensitive-field.js';
import type { WechatKeys } from './wechat-keys.js';

/** From 2,000 yuan on the payee's name has to be told. */
const NAME_FROM_FEN = 200_000n;
/** The least that is transferred: 0.1 yuan. */
const MIN_FEN = 10n;

const transferBody = z.object({
  appid: z.string().min(1).max(32),
  out_bill_no: z
    .string()
    .min(1)
    .max(32)
    .regex(/^[0-9A-Za-z]+$/, '只能由数字、大小写字母组成'),
  transfer_scene_id: z.string().min(1).max(36),
  openid: z.string().min(1).max(64),
  /** Encrypted with the key that `Wechatpay-Serial` names. */
  user_name: z.string().min(1).max(1024).optional(),
  transfer_amount: z.number().int().min(1).max(Number(MAX_FEN)),
  transfer_remark: z.string().min(1).max(32),
  notify_url: parameters.notifyUrl.optional(),
  user_recv_perception: z.string().min(1).max(32).optional(),
  transfer_scene_report_infos: z
    .array(z.object({ info_type: z.string().min(1).max(15), info_content: z.string().min(1).max(32) }))
    .min(1),
});

/** Reads the body of `POST /v3/fund-app/mch-transfer/transfer-bills`, and decrypts the payee's name. */
export function readTransferTerms(request: WechatRequest, keys: WechatKeys): TransferTerms | WechatFailure {
  const { merchant, body } = request;
  const parsed = parameters.parseBody(body);
  if (isFailure(parsed)) return parsed;
  const checked = parameters.check(transferBody, parsed.body, 'body');
  if (isFailure(checked)) return checked;
  const { user_name: encrypted, ...values } = checked.values;
  if (!merchant.appids.includes(values.appid)) return failures.wrongAppId;
  const amountFen = BigInt(values.transfer_amount);
  if (amountFen < MIN_FEN) return failures.transferOutOfLimits;
  const name = readName(encrypted, amountFen, request.platformSerial, keys);
  if (typeof name === 'object') return name;
  return {
    channel: 'wechat',
    account: merchant.mchid,
    appid: values.appid,
    outTransferNo: values.out_bill_no,
    amountFen,
    payeeAccount: values.openid,
    ...(name === undefined ? {} : { payeeName: name }),
    remark: values.transfer_remark,
    // The same name is encrypted to another text each time: what counts is the name.
    content: JSON.stringify({ ...values, user_name: name }),
  };
}

function readName(
  encrypted: string | undefined,
  amountFen: bigint,
  platformSerial: string | undefined,
  keys: WechatKeys,
): string | undefined | WechatFailure {
  if (encrypted === undefined) {
    if (amountFen < NAME_FROM_FEN) return undefined;
    return invalidParameter('body', '/user_name', '转账金额大于等于2,000元时，必须传入收款用户姓名');
  }
  if (platformSerial === undefined || platformSerial === '') return failures.missingPlatformSerial;
  const key = keys.signerOf(platformSerial)?.privateKey;
  const name = key && decryptSensitive(encrypted, key);
  if (name !== undefined && name !== '') return name;
  return invalidParameter(
    'body',
    '/user_name',
    '敏感信息解密失败，请检查加密使用的公钥与Wechatpay-Serial是否一致',
  );
}
