import { Injectable } from '@nestjs/common';
import { MerchantAccounts } from '../../transfer/merchant-accounts.js';
import { TransferBook } from '../../transfer/transfer-book.js';
import { TransferCourses } from '../../transfer/transfer-course.js';
import { isConcealed, type Transfer, type TransferTerms } from '../../transfer/transfer.js';
import { failures, isFailure, type WechatFailure } from '../failure.js';
import {
  acceptedBill,
  billOf,
  cancelledBill,
  newTransferBillNo,
  PAYEE_FAILURES,
  TRANSFER_FAILURES,
  UNCONFIRMED,
} from '../transfer-resource.js';
import { readTransferTerms } from '../transfer-terms.js';
import { WechatKeys } from '../wechat-keys.js';
import type { WechatMerchant } from '../wechat-merchants.js';
import { peek, type Operation, type WechatAnswer } from './operation.js';

const BILLS = '/v3/fund-app/mch-transfer/transfer-bills';

/** Transfers to payees who confirm them (商家转账), and what became of them. */
@Injectable()
export class TransferOperations {
  constructor(
    private readonly book: TransferBook,
    private readonly accounts: MerchantAccounts,
    private readonly courses: TransferCourses,
    private readonly keys: WechatKeys,
  ) {}

  /** `POST /v3/fund-app/mch-transfer/transfer-bills`: the same request again is answered with the same bill. */
  transfer(): Operation {
    return {
      name: `POST ${BILLS}`,
      subject: (body) => peek(body, 'out_bill_no'),
      work: (request) => {
        const terms = readTransferTerms(request, this.keys);
        if (isFailure(terms)) return terms;
        const known = this.book.known(terms);
        if (known?.outcome === 'mismatch') return failures.transferMismatch;
        return known === undefined ? this.open(terms) : accepted(known.transfer);
      },
    };
  }

  /** `GET /v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}` */
  query(outBillNo: string): Operation {
    return {
      name: `GET ${BILLS}/out-bill-no/{out_bill_no}`,
      subject: () => outBillNo,
      work: ({ merchant }) => {
        const transfer = this.find(merchant, outBillNo);
        if (transfer === undefined) return failures.transferNotFound;
        return { status: 200, body: billOf(transfer, merchant) };
      },
    };
  }

  /** `POST /v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}/cancel`: until the payee has confirmed. */
  cancel(outBillNo: string): Operation {
    return {
      name: `POST ${BILLS}/out-bill-no/{out_bill_no}/cancel`,
      subject: () => outBillNo,
      work: ({ merchant }) => {
        const transfer = this.find(merchant, outBillNo);
        if (transfer === undefined) return failures.transferNotFound;
        if (!this.book.cancel(transfer)) return failures.transferNotCancellable;
        return { status: 200, body: cancelledBill(transfer) };
      },
    };
  }

  private open(terms: TransferTerms): WechatAnswer | WechatFailure {
    const limitFen = this.accounts.limitFen('wechat', terms.account);
    if (limitFen !== undefined && terms.amountFen > limitFen) return failures.transferOutOfLimits;
    if (this.courses.isShortOfFunds(terms)) return failures.transferNotEnough;
    const problem = this.courses.payeeProblem(terms);
    const course =
      problem === undefined
        ? this.courses.courseOf(terms, 'AWAITS_PAYEE', TRANSFER_FAILURES)
        : this.courses.failing(PAYEE_FAILURES[problem]);
    const requested = this.book.request(terms, { ...course, unconfirmed: UNCONFIRMED }, newTransferBillNo);
    return 'transfer' in requested ? accepted(requested.transfer) : failures.transferNotEnough;
  }

  /** Another merchant's bill does not exist for this one, and neither does one that nobody knows anything of. */
  private find(merchant: WechatMerchant, outBillNo: string): Transfer | undefined {
    const transfer = this.book.find('wechat', merchant.mchid, outBillNo);
    return transfer === undefined || isConcealed(transfer) ? undefined : transfer;
  }
}

function accepted(transfer: Transfer): WechatAnswer | WechatFailure {
  return isConcealed(transfer) ? failures.systemError : { status: 200, body: acceptedBill(transfer) };
}
