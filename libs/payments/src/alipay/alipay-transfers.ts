import { fromBeijingTime } from '../beijing-time.js';
import { ChannelError } from '../channel-error.js';
import type {
  ChannelTransfer,
  ChannelTransfers,
  TransferCapabilities,
  TransferRequest,
} from '../channel-transfers.js';
import { fitCharacters } from '../fit-characters.js';
import { afterRefusal, lookUp } from '../transfer-refusals.js';
import type { AlipayGateway } from './alipay-gateway.js';
import { expectNumber } from './alipay-refunds.js';
import { type AlipayReply, amountOf, malformed, text, yuanOf } from './alipay-replies.js';
import { problemOf } from './alipay-transfer-codes.js';

const TRANSFER = 'alipay.fund.trans.uni.transfer';
const QUERY = 'alipay.fund.trans.common.query';
const PRODUCT = { product_code: 'TRANS_ACCOUNT_NO_PWD', biz_scene: 'DIRECT_TRANSFER' };
const USER_ID = /^2088\d{12}$/;
const MAX_TITLE_LENGTH = 128;
const MAX_REMARK_LENGTH = 200;
/** The number is in use: whatever the query says of it now, it is not proven that nothing was paid under it. */
const NUMBER_IN_USE = 'PAYMENT_INFO_INCONSISTENCY';

/** Transfers from our balance at Alipay to somebody's account there, which need no confirmation. */
export class AlipayTransfers implements ChannelTransfers {
  readonly capabilities: TransferCapabilities = {
    minAmount: 100_000n,
    // To a person; a contract may allow less, which Alipay answers with a code of its own.
    maxAmount: 50_000n * 1_000_000n,
    nameNeededFrom: null,
    payeeConfirms: false,
    queryReachMs: null,
  };

  constructor(private readonly gateway: AlipayGateway) {}

  /** Our number is what makes a repeat harmless: Alipay answers it as it did before. */
  async transfer(request: TransferRequest): Promise<ChannelTransfer> {
    const { outTransferNo, amount, payeeAccount, payeeName, remark } = request;
    const bizContent = {
      ...PRODUCT,
      out_biz_no: outTransferNo,
      trans_amount: yuanOf(amount),
      order_title: fitCharacters(remark, MAX_TITLE_LENGTH),
      remark: fitCharacters(remark, MAX_REMARK_LENGTH),
      payee_info: {
        identity: payeeAccount,
        identity_type: USER_ID.test(payeeAccount) ? 'ALIPAY_USER_ID' : 'ALIPAY_LOGON_ID',
        name: payeeName,
      },
    };
    const query = () => this.query(outTransferNo);
    let reply: AlipayReply;
    try {
      reply = await this.gateway.call(TRANSFER, bizContent);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return afterRefusal(error, query, meaningOf);
    }
    expectNumber(reply['out_biz_no'], outTransferNo);
    switch (reply['status']) {
      case 'SUCCESS':
        // The reply tells no amount: Alipay refuses a number that comes with another one.
        return succeeded(reply, amount, 'trans_date');
      case 'DEALING':
        return { state: 'PROCESSING' };
      default: {
        // Why it failed, and how much came back, is told by the query only.
        const known = await lookUp(query, malformed('status'));
        return known.state === 'NOT_FOUND' ? { state: 'PROCESSING' } : known;
      }
    }
  }

  /** That Alipay knows no such number is no proof that a call which is still on its way won't pay: ask again, or repeat it. */
  async query(outTransferNo: string): Promise<ChannelTransfer> {
    let reply: AlipayReply;
    try {
      reply = await this.gateway.call(QUERY, { ...PRODUCT, out_biz_no: outTransferNo });
    } catch (error) {
      if (ChannelError.is(error) && error.channelCode === 'ORDER_NOT_EXIST') return { state: 'NOT_FOUND' };
      throw error;
    }
    expectNumber(reply['out_biz_no'], outTransferNo);
    return transferOf(reply);
  }

  /** Nobody confirms, so there is nothing to take back. */
  cancel(outTransferNo: string): Promise<ChannelTransfer> {
    return this.query(outTransferNo);
  }
}

function transferOf(reply: AlipayReply): ChannelTransfer {
  switch (reply['status']) {
    case 'SUCCESS':
      return succeeded(reply, amountOf(reply['trans_amount'], 'trans_amount'), 'pay_date');
    case 'DEALING':
    case 'WAIT_PAY':
      return { state: 'PROCESSING' };
    case 'FAIL':
    case 'CLOSED':
      // An end, also where it was our money that was missing: this number is answered so from now on.
      return {
        state: 'FAILED',
        problem: problemOf(text(reply['error_code'])) ?? 'REFUSED_BY_CHANNEL',
        message: reasonOf(reply),
      };
    case 'REFUND':
      return {
        state: 'RETURNED',
        channelTransferNo: numberOf(reply),
        amount: amountOf(reply['trans_amount'], 'trans_amount'),
        message: reasonOf(reply),
      };
    default:
      throw malformed('status');
  }
}

function succeeded(
  reply: AlipayReply,
  amount: bigint,
  timeField: 'trans_date' | 'pay_date',
): ChannelTransfer {
  return {
    state: 'SUCCEEDED',
    channelTransferNo: numberOf(reply),
    amount,
    // When we heard of it is the honest second best.
    paidAt: fromBeijingTime(text(reply[timeField])) ?? new Date(),
  };
}

function numberOf(reply: AlipayReply): string {
  const number = text(reply['order_id']);
  if (number === '') throw malformed('order_id');
  return number;
}

function reasonOf(reply: AlipayReply): string {
  const words = [reply['error_code'], reply['fail_reason']].map(text).filter((part) => part !== '');
  return `Alipay says of the transfer: ${[text(reply['status']), ...words].join(' ')}`;
}

function isRefusal(error: unknown): error is ChannelError {
  if (!ChannelError.is(error)) return false;
  const { kind, channelCode } = error;
  return kind === 'REFUSED' || channelCode === NUMBER_IN_USE || problemOf(channelCode) !== undefined;
}

/** What a refusal says of a transfer that Alipay does not know. */
function meaningOf(refusal: ChannelError): ChannelTransfer {
  const { channelCode, message } = refusal;
  if (channelCode === NUMBER_IN_USE)
    throw new ChannelError('UNKNOWN', channelCode, message, { cause: refusal });
  const problem = problemOf(channelCode) ?? 'REFUSED_BY_CHANNEL';
  // A refusal leaves nothing behind: Alipay takes the same number again after our account was filled up.
  return problem === 'SHORT_OF_FUNDS'
    ? { state: 'SHORT_OF_FUNDS', message }
    : { state: 'FAILED', problem, message };
}
