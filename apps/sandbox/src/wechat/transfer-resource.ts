import { randomInt } from 'node:crypto';
import type { PayeeProblem, TransferFailures } from '../transfer/transfer-course.js';
import type { Transfer, TransferFailure, TransferState } from '../transfer/transfer.js';
import { encryptSensitive } from './sensitive-field.js';
import type { WechatMerchant } from './wechat-merchants.js';
import { formatRfc3339 } from './wechat-time.js';

/** `state` of a bill, spelt as the channel spells it. What has arrived in a wallet stays there. */
const STATE = {
  PROCESSING: 'PROCESSING',
  AWAITS_PAYEE: 'WAIT_USER_CONFIRM',
  TRANSFERRING: 'TRANSFERING',
  CANCELLING: 'CANCELING',
  SUCCEEDED: 'SUCCESS',
  FAILED: 'FAIL',
  CANCELLED: 'CANCELLED',
  RETURNED: 'SUCCESS',
} as const satisfies Record<TransferState, string>;

/** `fail_reason`s of the channel's table that happen here; what they mean, for people. */
const reasons = {
  notAble: { code: 'PAYEE_ACCOUNT_ABNORMAL', message: '用户账户收款异常' },
  notConfirmed: { code: 'OVERDUE_CLOSE', message: '超过24小时未确认，系统自动关闭' },
} as const satisfies Record<string, TransferFailure>;

export const TRANSFER_FAILURES: TransferFailures = { failed: reasons.notAble };

/** A bill that nobody confirms is closed after a day, and the money is the merchant's again. */
export const UNCONFIRMED = { afterMs: 24 * 60 * 60_000, failure: reasons.notConfirmed } as const;

/** The channel takes a bill before it looks at the payee. */
export const PAYEE_FAILURES = {
  unknown: { code: 'ACCOUNT_NOT_EXIST', message: '该用户账户不存在' },
  'name-wrong': { code: 'NAME_NOT_CORRECT', message: '收款人姓名校验不通过' },
  'over-limit': { code: 'TRANSFER_QUOTA_EXCEED', message: '超过用户单笔收款额度' },
} as const satisfies Record<PayeeProblem, TransferFailure>;

/** 32 digits, as the channel's: the kind of business, the day, and a part that the sequence number makes unique. */
export function newTransferBillNo(sequence: number, now: number): string {
  const day = formatRfc3339(now).slice(0, 10).replaceAll('-', '');
  return `1330${String(randomInt(10 ** 8)).padStart(8, '0')}${day}${String(sequence).padStart(12, '0')}`;
}

function numbersOf(transfer: Transfer) {
  return { out_bill_no: transfer.outTransferNo, transfer_bill_no: transfer.transferNo };
}

/** The answer to a request for a bill: what is not decided yet is `ACCEPTED` here, and `PROCESSING` for whoever asks. */
export function acceptedBill(transfer: Transfer): Record<string, unknown> {
  return {
    ...numbersOf(transfer),
    create_time: formatRfc3339(transfer.createdAt),
    state: transfer.state === 'PROCESSING' ? 'ACCEPTED' : STATE[transfer.state],
    ...(transfer.state === 'AWAITS_PAYEE' ? { package_info: transfer.confirmation } : {}),
    ...(transfer.failure === undefined ? {} : { fail_reason: transfer.failure.code }),
  };
}

/**
 * The answer to a question about a bill. It has no `package_info`: whoever has lost that sends the same request again. The
 * name comes back if it was told, encrypted for the merchant.
 */
export function billOf(transfer: Transfer, merchant: WechatMerchant): Record<string, unknown> {
  const { payeeName, failure } = transfer;
  return {
    mch_id: transfer.account,
    ...numbersOf(transfer),
    appid: transfer.appid,
    state: STATE[transfer.state],
    transfer_amount: Number(transfer.amountFen),
    transfer_remark: transfer.remark,
    ...(failure === undefined ? {} : { fail_reason: failure.code }),
    openid: transfer.payeeAccount,
    ...(payeeName === undefined ? {} : { user_name: encryptSensitive(payeeName, merchant.publicKey) }),
    create_time: formatRfc3339(transfer.createdAt),
    update_time: formatRfc3339(transfer.paidAt ?? transfer.updatedAt),
  };
}

export function cancelledBill(transfer: Transfer): Record<string, unknown> {
  return {
    ...numbersOf(transfer),
    state: STATE[transfer.state],
    update_time: formatRfc3339(transfer.updatedAt),
  };
}
