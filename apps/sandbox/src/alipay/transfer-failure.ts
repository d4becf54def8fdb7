import type { TransferFailures } from '../transfer/transfer-course.js';
import type { TransferFailure } from '../transfer/transfer.js';
import { failure, type AlipayFailure } from './failure.js';

/**
 * Refusals of `alipay.fund.trans.uni.transfer` and `.common.query` (their tables of business error codes). Unlike those of
 * trades they have no `ACQ.` before them.
 */
export const transferFailures = {
  /** Anything may have happened: ask again, or send the same again. */
  systemError: failure('40004', 'SYSTEM_ERROR', '系统繁忙'),
  payeeNotExist: failure('40004', 'PAYEE_NOT_EXIST', '收款账号不存在'),
  payeeNameWrong: failure('40004', 'PAYEE_USER_INFO_ERROR', '支付宝账号和姓名不匹配，请确认姓名是否正确'),
  // Two codes say the same thing: what is in the account does not do, and what was ordered by trouble.
  balanceNotEnough: failure('40004', 'PAYER_BALANCE_NOT_ENOUGH', '付款方余额不足'),
  balanceIsNotEnough: failure('40004', 'BALANCE_IS_NOT_ENOUGH', '余额不足，建议尽快充值后再试'),
  overDailyLimit: failure('40004', 'EXCEED_LIMIT_DM_AMOUNT', '日累计额度超限'),
  overSingleLimit: failure('40004', 'EXCEED_LIMIT_SM_AMOUNT', '单笔额度超限'),
  underSingleMinimum: failure('40004', 'EXCEED_LIMIT_SM_MIN_AMOUNT', '请求金额不能低于0.1元'),
  inconsistent: failure('40004', 'PAYMENT_INFO_INCONSISTENCY', '两次请求商户单号一样，但是参数不一致'),
  /** No proof that there will never be one: whoever has sent a transfer asks again. */
  orderNotExist: failure('40004', 'ORDER_NOT_EXIST', '转账订单不存在'),
} as const satisfies Record<string, AlipayFailure>;

export function invalidTransferParameter(what: string): AlipayFailure {
  return failure('40004', 'INVALID_PARAMETER', `参数有误：${what}`);
}

const NOT_ABLE: TransferFailure = { code: 'PAYEE_USERINFO_STATUS_ERROR', message: '收款方用户状态不正常' };

/** `error_code` and `fail_reason` of transfers that ended badly after they were taken. */
export const TRANSFER_FAILURES: TransferFailures = {
  failed: NOT_ABLE,
  returned: { code: 'PAYEE_CARD_INFO_ERROR', message: '收款方银行卡信息有误，资金已退回' },
};
