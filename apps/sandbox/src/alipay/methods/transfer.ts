import { Injectable } from '@nestjs/common';
import { formatBeijing } from '../../trade/beijing-time.js';
import { formatYuan } from '../../trade/fen.js';
import { MerchantAccounts } from '../../transfer/merchant-accounts.js';
import { TransferBook } from '../../transfer/transfer-book.js';
import { TransferCourses } from '../../transfer/transfer-course.js';
import {
  isConcealed,
  type Transfer,
  type TransferState,
  type TransferTerms,
} from '../../transfer/transfer.js';
import { isFailure, type AlipayFailure } from '../failure.js';
import type { ReplyBody } from '../reply.js';
import type { AlipayRequest } from '../request.js';
import { invalidTransferParameter, TRANSFER_FAILURES, transferFailures } from '../transfer-failure.js';
import { BIZ_SCENE, PRODUCT_CODE, readTransferTerms } from '../transfer-terms.js';

const METHODS = new Set(['alipay.fund.trans.uni.transfer', 'alipay.fund.trans.common.query']);

const STATUS = {
  PROCESSING: 'DEALING',
  AWAITS_PAYEE: 'DEALING',
  TRANSFERRING: 'DEALING',
  CANCELLING: 'DEALING',
  SUCCEEDED: 'SUCCESS',
  FAILED: 'FAIL',
  CANCELLED: 'FAIL',
  RETURNED: 'REFUND',
} as const satisfies Record<TransferState, string>;

const PAYEE_FAILURES = {
  unknown: transferFailures.payeeNotExist,
  'name-wrong': transferFailures.payeeNameWrong,
  'over-limit': transferFailures.overDailyLimit,
} as const;

/** 32 digits: the day, Alipay's business code, and a part that the sequence number makes unique. */
function newOrderId(sequence: number, now: number): string {
  const day = formatBeijing(now).slice(0, 10).replaceAll('-', '');
  return `${day}110070000006${String(sequence).padStart(12, '0')}`;
}

/** The number of the payment itself: of the same form, with a business code of its own. */
const fundOrderIdOf = ({ transferNo }: Transfer): string =>
  `${transferNo.slice(0, 8)}110070001506${transferNo.slice(20)}`;

export function isTransferMethod(method: string): boolean {
  return METHODS.has(method);
}

/** Transfers to Alipay accounts, and what became of them. */
@Injectable()
export class AlipayTransfers {
  constructor(
    private readonly book: TransferBook,
    private readonly accounts: MerchantAccounts,
    private readonly courses: TransferCourses,
  ) {}

  /**
   * `alipay.fund.trans.uni.transfer`: the money is there at once, unless trouble was ordered. What is refused leaves nothing
   * behind: the same number may be sent again when its cause is gone.
   */
  transfer(request: AlipayRequest): ReplyBody | AlipayFailure {
    const terms = readTransferTerms(request);
    if (isFailure(terms)) return terms;
    const known = this.book.known(terms);
    if (known?.outcome === 'mismatch') return transferFailures.inconsistent;
    return known === undefined ? this.open(terms) : replyOf(known.transfer);
  }

  /** `alipay.fund.trans.common.query`: the payment's number counts before the order's, and that before the merchant's. */
  query(request: AlipayRequest): ReplyBody | AlipayFailure {
    const { product_code: productCode, biz_scene: bizScene } = request.biz;
    const named = numbersOf(request);
    if (named === undefined) return invalidTransferParameter('out_biz_no / order_id / pay_fund_order_id');
    const needsScene = named.by === 'out_biz_no';
    if (productCode === undefined ? needsScene : productCode !== PRODUCT_CODE) {
      return invalidTransferParameter(`product_code (${PRODUCT_CODE})`);
    }
    if (bizScene === undefined ? needsScene : bizScene !== BIZ_SCENE) {
      return invalidTransferParameter(`biz_scene (${BIZ_SCENE})`);
    }
    const transfer = this.find(request);
    return transfer === undefined || isConcealed(transfer)
      ? transferFailures.orderNotExist
      : truthOf(transfer);
  }

  /** The merchant's number, by which trouble is ordered, whichever number the call names. */
  subjectOf(request: AlipayRequest): string {
    return this.find(request)?.outTransferNo ?? textOf(request.biz['out_biz_no']);
  }

  private open(terms: TransferTerms): ReplyBody | AlipayFailure {
    const limitFen = this.accounts.limitFen('alipay', terms.account);
    if (limitFen !== undefined && terms.amountFen > limitFen) return transferFailures.overSingleLimit;
    const problem = this.courses.payeeProblem(terms);
    if (problem !== undefined) return PAYEE_FAILURES[problem];
    if (this.courses.isShortOfFunds(terms)) return transferFailures.balanceIsNotEnough;
    const course = this.courses.courseOf(terms, 'SUCCEEDED', TRANSFER_FAILURES);
    const requested = this.book.request(terms, course, newOrderId);
    return 'transfer' in requested ? replyOf(requested.transfer) : transferFailures.balanceNotEnough;
  }

  /** Others' transfers don't exist for whoever asks. */
  private find(request: AlipayRequest): Transfer | undefined {
    const named = numbersOf(request);
    if (named === undefined) return undefined;
    const { appId } = request.application;
    if (named.by === 'out_biz_no') return this.book.find('alipay', appId, named.number);
    const orderId =
      named.by === 'order_id' ? named.number : named.number.replace(/^(\d{8})110070001506/, '$1110070000006');
    const transfer = this.book.findByTransferNo('alipay', orderId);
    return transfer?.account === appId ? transfer : undefined;
  }
}

interface NamedNumber {
  readonly by: 'pay_fund_order_id' | 'order_id' | 'out_biz_no';
  readonly number: string;
}

function numbersOf({ biz }: AlipayRequest): NamedNumber | undefined {
  for (const by of ['pay_fund_order_id', 'order_id', 'out_biz_no'] as const) {
    const number = textOf(biz[by]);
    if (number !== '') return { by, number };
  }
  return undefined;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The answer to a request for a transfer; of one that nobody knows anything of, that. */
function replyOf(transfer: Transfer): ReplyBody | AlipayFailure {
  if (isConcealed(transfer)) return transferFailures.systemError;
  return {
    code: '10000',
    msg: 'Success',
    out_biz_no: transfer.outTransferNo,
    order_id: transfer.transferNo,
    ...(transfer.paidAt === undefined ? {} : { pay_fund_order_id: fundOrderIdOf(transfer) }),
    status: STATUS[transfer.state],
    trans_date: formatBeijing(transfer.paidAt ?? transfer.createdAt),
  };
}

/** The answer to a question about it; the amount stands in it when money has arrived, also when it is back. */
function truthOf(transfer: Transfer): ReplyBody {
  const { failure, paidAt } = transfer;
  return {
    code: '10000',
    msg: 'Success',
    out_biz_no: transfer.outTransferNo,
    order_id: transfer.transferNo,
    status: STATUS[transfer.state],
    ...(paidAt === undefined
      ? {}
      : {
          pay_fund_order_id: fundOrderIdOf(transfer),
          pay_date: formatBeijing(paidAt),
          trans_amount: formatYuan(transfer.amountFen),
        }),
    ...(failure === undefined ? {} : { error_code: failure.code, fail_reason: failure.message }),
  };
}
