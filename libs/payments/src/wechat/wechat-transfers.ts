import { type KeyObject, constants, publicEncrypt } from 'node:crypto';
import { ChannelError } from '../channel-error.js';
import type {
  ChannelTransfer,
  ChannelTransfers,
  TransferCapabilities,
  TransferRequest,
} from '../channel-transfers.js';
import { fitCharacters } from '../fit-characters.js';
import { afterRefusal, lookUp } from '../transfer-refusals.js';
import {
  type WechatObject,
  amountIn,
  expectSame,
  fenOf,
  malformed,
  text,
  textIn,
  timeIn,
} from './wechat-fields.js';
import type { WechatHttp } from './wechat-http.js';
import type { SealingKey } from './wechat-keys.js';
import { problemOf, problemOfRefusal } from './wechat-transfer-problems.js';

const PATH = '/v3/fund-app/mch-transfer/transfer-bills';
const MAX_REMARK_LENGTH = 32;
const DAY_MS = 86_400_000;
const BILL_UNKNOWN = ['NOT_FOUND', 'RESOURCE_NOT_EXISTS', 'ORDER_NOT_EXIST'];
/** The number is in use: whatever the query says of it now, it is not proven that nothing was paid under it. */
const NUMBER_IN_USE = 'ALREADY_EXISTS';
const NUMBER_IN_USE_WORDS = /已存在|单号重复/;

/** What WeChat Pay shows the payee and its own supervisors as the reason of a transfer. */
export interface TransferScene {
  /** As the merchant platform has granted it. */
  readonly id: string;
  readonly reportInfos: readonly { readonly infoType: string; readonly infoContent: string }[];
}

export interface TransferRules {
  readonly mchid: string;
  readonly appid: string;
  readonly scene: TransferScene;
  /** What the payee's name is sealed with, now. @throws ChannelError */
  readonly sealingKey: () => SealingKey;
}

/** Transfers to somebody's WeChat wallet, which the payee has to confirm there. */
export class WechatTransfers implements ChannelTransfers {
  readonly capabilities: TransferCapabilities = {
    // Of less WeChat Pay checks no name.
    minAmount: 300_000n,
    maxAmount: 20_000n * 1_000_000n,
    nameNeededFrom: 2_000n * 1_000_000n,
    payeeConfirms: true,
    // 30 days by the documentation of the query; a day less, since it does not say when they begin.
    queryReachMs: 29 * DAY_MS,
  };

  constructor(
    private readonly http: WechatHttp,
    private readonly rules: TransferRules,
  ) {}

  /** Our number is what makes a repeat harmless: WeChat Pay answers it with what that number has become. */
  async transfer(request: TransferRequest): Promise<ChannelTransfer> {
    const { outTransferNo } = request;
    const query = () => this.query(outTransferNo);
    const { serial, publicKey } = this.rules.sealingKey();
    const body = {
      ...this.bodyOf(request),
      // Always told, and so always checked, also where it need not be.
      user_name: sealed(request.payeeName, publicKey),
    };
    let bill: WechatObject | undefined;
    try {
      bill = await this.http.post(PATH, body, { 'wechatpay-serial': serial });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return afterRefusal(error, query, meaningOf);
    }
    if (!bill) throw malformed('state');
    expectSame(bill, 'out_bill_no', outTransferNo);
    const state = plainStateOf(bill);
    if (state) return state;
    // How much was paid, or why not, is told by the query only.
    const known = await lookUp(query, malformed('state'));
    return known.state === 'NOT_FOUND' ? { state: 'PROCESSING' } : known;
  }

  /**
   * That WeChat Pay knows no such number is no proof: a call may still be on its way to it, and after 30 days it doesn't look
   * any more.
   */
  async query(outTransferNo: string): Promise<ChannelTransfer> {
    let bill: WechatObject | undefined;
    try {
      bill = await this.http.get(pathOf(outTransferNo));
    } catch (error) {
      if (isBillUnknown(error)) return { state: 'NOT_FOUND' };
      throw error;
    }
    if (!bill) throw malformed('state');
    expectSame(bill, 'out_bill_no', outTransferNo);
    expectSame(bill, 'mch_id', this.rules.mchid);
    return plainStateOf(bill) ?? endOf(bill);
  }

  async cancel(outTransferNo: string): Promise<ChannelTransfer> {
    try {
      const bill = await this.http.post(`${pathOf(outTransferNo)}/cancel`, {});
      if (!bill) throw malformed('state');
      expectSame(bill, 'out_bill_no', outTransferNo);
      const state = plainStateOf(bill);
      if (state) return state;
    } catch (error) {
      if (isBillUnknown(error)) return { state: 'NOT_FOUND' };
      if (!ChannelError.is(error, 'REFUSED')) throw error;
    }
    // Refused because it is in some final state already: which one decides whether the payee has the money.
    return this.query(outTransferNo);
  }

  private bodyOf({ outTransferNo, amount, payeeAccount, remark }: TransferRequest) {
    const { appid, scene } = this.rules;
    return {
      appid,
      out_bill_no: outTransferNo,
      transfer_scene_id: scene.id,
      openid: payeeAccount,
      transfer_amount: fenOf(amount),
      transfer_remark: fitCharacters(remark, MAX_REMARK_LENGTH),
      transfer_scene_report_infos: scene.reportInfos.map(({ infoType, infoContent }) => ({
        info_type: infoType,
        info_content: infoContent,
      })),
    };
  }
}

function sealed(name: string, publicKey: KeyObject): string {
  const key = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  try {
    return publicEncrypt(key, Buffer.from(name)).toString('base64');
  } catch {
    // Without the cause: it is about the name.
    throw new ChannelError('REFUSED', 'NAME', "The payee's name is too long for WeChat Pay");
  }
}

const pathOf = (outTransferNo: string) => `${PATH}/out-bill-no/${encodeURIComponent(outTransferNo)}`;

/** The states that an answer of any kind tells whole, spelt as WeChat Pay spells them. */
function plainStateOf(bill: WechatObject): ChannelTransfer | undefined {
  switch (bill['state']) {
    case 'ACCEPTED':
    case 'PROCESSING':
    case 'TRANSFERING':
    case 'CANCELING':
      return { state: 'PROCESSING' };
    case 'WAIT_USER_CONFIRM':
      return { state: 'AWAITS_PAYEE', confirmation: text(bill['package_info']) || null };
    case 'CANCELLED':
      return { state: 'CANCELLED' };
    default:
      return undefined;
  }
}

function endOf(bill: WechatObject): ChannelTransfer {
  switch (bill['state']) {
    case 'SUCCESS':
      return {
        state: 'SUCCEEDED',
        channelTransferNo: textIn(bill, 'transfer_bill_no'),
        amount: amountIn(bill, 'transfer_amount'),
        // The last change of a transfer that has succeeded is that it did.
        paidAt: timeIn(bill, 'update_time'),
      };
    case 'FAIL': {
      const reason = text(bill['fail_reason']);
      const message = `WeChat Pay says of the transfer: FAIL ${reason}`.trim();
      return { state: 'FAILED', problem: problemOf(reason) ?? 'REFUSED_BY_CHANNEL', message };
    }
    default:
      throw malformed('state');
  }
}

const isBillUnknown = (error: unknown): boolean =>
  ChannelError.is(error) && error.kind !== 'UNTRUSTED' && BILL_UNKNOWN.includes(error.channelCode);

function isRefusal(error: unknown): error is ChannelError {
  if (!ChannelError.is(error) || error.kind === 'UNTRUSTED') return false;
  const { kind, channelCode } = error;
  return kind === 'REFUSED' || channelCode === NUMBER_IN_USE || problemOf(channelCode) !== undefined;
}

/** What a refusal says of a transfer that WeChat Pay does not know. */
function meaningOf(refusal: ChannelError): ChannelTransfer {
  const { channelCode, message } = refusal;
  // A general code with words that say it: believing them costs a question, and not believing them might pay twice.
  if (channelCode === NUMBER_IN_USE || NUMBER_IN_USE_WORDS.test(message)) {
    throw new ChannelError('UNKNOWN', channelCode, message, { cause: refusal });
  }
  const problem = problemOfRefusal(channelCode, message);
  return problem === 'SHORT_OF_FUNDS'
    ? { state: 'SHORT_OF_FUNDS', message }
    : { state: 'FAILED', problem, message };
}
