import { formatYuan } from '../trade/fen.js';
import { formatBeijing } from '../trade/beijing-time.js';

/** `ALL` has payments and refunds; the other two have columns of their own. */
export const BILL_TYPES = ['ALL', 'SUCCESS', 'REFUND'] as const;
export type BillType = (typeof BILL_TYPES)[number];

/** A payment or a refund of one day, with everything that a line of the bill shows. */
export interface BillEntry {
  readonly kind: 'payment' | 'refund';
  readonly at: number;
  readonly appid: string;
  readonly mchid: string;
  readonly transactionId: string;
  readonly outTradeNo: string;
  readonly openid: string;
  readonly tradeType: string;
  readonly subject: string;
  readonly attach: string;
  /** Paid by the buyer, or what went back to it. */
  readonly amountFen: bigint;
  /** Fee of a payment, negative where a refund gives it back, in thousandths of a fen. */
  readonly feeMilliFen: bigint;
  /** `0.60%` */
  readonly rate: string;
  readonly refund?: {
    readonly refundId: string;
    readonly outRefundNo: string;
    readonly status: string;
    readonly appliedAt: number;
    readonly succeededAt?: number;
  };
}

type Column = readonly [name: string, value: (entry: BillEntry) => string];

const NOTHING = '0.00';
const paid = (entry: BillEntry): string => (entry.kind === 'payment' ? formatYuan(entry.amountFen) : NOTHING);
const back = (entry: BillEntry): string => (entry.kind === 'refund' ? formatYuan(entry.amountFen) : NOTHING);
const optionalTime = (at: number | undefined): string => (at === undefined ? '' : formatBeijing(at));

const HEAD: readonly Column[] = [
  ['交易时间', (entry) => formatBeijing(entry.at)],
  ['公众账号ID', (entry) => entry.appid],
  ['商户号', (entry) => entry.mchid],
  ['特约商户号', () => '0'],
  ['设备号', () => ''],
  ['微信订单号', (entry) => entry.transactionId],
  ['商户订单号', (entry) => entry.outTradeNo],
  ['用户标识', (entry) => entry.openid],
  ['交易类型', (entry) => entry.tradeType],
  ['交易状态', (entry) => (entry.kind === 'refund' ? 'REFUND' : 'SUCCESS')],
  ['付款银行', () => 'OTHERS'],
  ['货币种类', () => 'CNY'],
  ['应结订单金额', paid],
  ['代金券金额', () => NOTHING],
];

const REFUND_TIMES: readonly Column[] = [
  ['退款申请时间', (entry) => optionalTime(entry.refund?.appliedAt)],
  ['退款成功时间', (entry) => optionalTime(entry.refund?.succeededAt)],
];

const REFUND: readonly Column[] = [
  ['微信退款单号', (entry) => entry.refund?.refundId ?? '0'],
  ['商户退款单号', (entry) => entry.refund?.outRefundNo ?? '0'],
  ['退款金额', back],
  ['充值券退款金额', () => NOTHING],
  ['退款类型', (entry) => (entry.refund ? 'ORIGINAL' : '')],
  ['退款状态', (entry) => entry.refund?.status ?? ''],
];

const TAIL: readonly Column[] = [
  ['商品名称', (entry) => entry.subject],
  ['商户数据包', (entry) => entry.attach],
  ['手续费', (entry) => formatFee(entry.feeMilliFen)],
  ['费率', (entry) => entry.rate],
  ['订单金额', paid],
];

const APPLIED: Column = ['申请退款金额', back];
const REMARK: Column = ['费率备注', () => ''];

const COLUMNS: Readonly<Record<BillType, readonly Column[]>> = {
  ALL: [...HEAD, ...REFUND, ...TAIL, APPLIED, REMARK],
  SUCCESS: [...HEAD, ...TAIL, REMARK],
  REFUND: [...HEAD, ...REFUND_TIMES, ...REFUND, ...TAIL, APPLIED, REMARK],
};

const SUMMARY =
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const LINE_END = '\r\n';

/** A bill as the channel ships it: every field of a line begins with a backtick, two more lines sum it up. */
export function* billLines(type: BillType, entries: Iterable<BillEntry>): Generator<string> {
  const columns = COLUMNS[type];
  yield `${columns.map(([name]) => name).join(',')}${LINE_END}`;
  let [count, paidFen, backFen, fee] = [0, 0n, 0n, 0n];
  for (const entry of entries) {
    yield `${columns.map(([, value]) => field(value(entry))).join(',')}${LINE_END}`;
    count += 1;
    if (entry.kind === 'payment') paidFen += entry.amountFen;
    else backFen += entry.amountFen;
    fee += entry.feeMilliFen;
  }
  const sums = [
    formatYuan(paidFen),
    formatYuan(backFen),
    NOTHING,
    formatFee(fee),
    formatYuan(paidFen),
    formatYuan(backFen),
  ];
  yield `${SUMMARY}${LINE_END}`;
  yield `${[String(count), ...sums].map(field).join(',')}${LINE_END}`;
}

/** The channel does not quote: what would break a line is taken out of the texts. */
function field(text: string): string {
  return `\`${text.replace(/[,`\r\n]/g, ' ')}`;
}

/** Fees have five decimals: 3_000n → `0.03000`. */
function formatFee(milliFen: bigint): string {
  const sign = milliFen < 0n ? '-' : '';
  const size = milliFen < 0n ? -milliFen : milliFen;
  return `${sign}${size / 100_000n}.${String(size % 100_000n).padStart(5, '0')}`;
}
