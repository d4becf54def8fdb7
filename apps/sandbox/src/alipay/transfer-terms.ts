import { z } from 'zod';
import { MAX_FEN, parseYuan } from '../trade/fen.js';
import type { TransferTerms } from '../transfer/transfer.js';
import type { AlipayFailure } from './failure.js';
import type { AlipayRequest } from './request.js';
import { invalidTransferParameter, transferFailures } from './transfer-failure.js';

export const PRODUCT_CODE = 'TRANS_ACCOUNT_NO_PWD';
export const BIZ_SCENE = 'DIRECT_TRANSFER';
/** The least that this product transfers: 0.1 yuan. */
const MIN_FEN = 10n;

const payee = z.discriminatedUnion('identity_type', [
  // A logon id is an email or a mobile number, and the name has to be told with it.
  z.object({
    identity_type: z.literal('ALIPAY_LOGON_ID'),
    identity: z.string().regex(/^(?:1\d{10}|[^\s@]+@[^\s@]+)$/, '必须是手机号或邮箱'),
    name: z.string().min(1).max(128),
  }),
  z.object({
    identity_type: z.literal('ALIPAY_USER_ID'),
    identity: z.string().regex(/^2088\d{12}$/, '必须是2088开头的16位数字'),
    name: z.string().min(1).max(128).optional(),
  }),
]);

const bizTerms = z.object({
  out_biz_no: z.string().regex(/^\w{1,64}$/, '必须是1至64位字母、数字或下划线'),
  trans_amount: z.union([z.string(), z.number()]).transform(String),
  product_code: z.literal(PRODUCT_CODE),
  biz_scene: z.literal(BIZ_SCENE),
  order_title: z.string().min(1).max(128),
  payee_info: payee,
  remark: z.string().max(200).optional(),
  business_params: z.string().max(2048).optional(),
});

/** Reads `biz_content` of `alipay.fund.trans.uni.transfer`, as strictly as its document. */
export function readTransferTerms({ biz, application }: AlipayRequest): TransferTerms | AlipayFailure {
  const parsed = bizTerms.safeParse(biz);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return invalidTransferParameter(
      `${issue?.path.join('.') ?? 'biz_content'} ${issue?.message ?? ''}`.trim(),
    );
  }
  const terms = parsed.data;
  const amountFen = parseYuan(terms.trans_amount);
  if (amountFen === undefined || amountFen > MAX_FEN) return invalidTransferParameter('trans_amount');
  if (amountFen < MIN_FEN) return transferFailures.underSingleMinimum;
  const { identity, name } = terms.payee_info;
  return {
    channel: 'alipay',
    account: application.appId,
    outTransferNo: terms.out_biz_no,
    amountFen,
    payeeAccount: identity,
    ...(name === undefined ? {} : { payeeName: name }),
    remark: terms.order_title,
    // "50" and "50.00" are the same amount; anything else that differs makes it another transfer.
    content: JSON.stringify({ ...terms, trans_amount: String(amountFen) }),
  };
}
