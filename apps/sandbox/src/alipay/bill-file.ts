import { buffer } from 'node:stream/consumers';
import iconv from 'iconv-lite';
import { ZipFile } from 'yazl';
import type { BillRecord } from '../bill/bill-desk.js';
import { formatBeijing } from '../trade/beijing-time.js';
import { formatYuan } from '../trade/fen.js';

type Column = readonly [name: string, value: (record: BillRecord) => string];

const NOTHING = '0.00';
const ofRefund = (record: BillRecord): boolean => record.kind === 'refund';
/** Numbers end in a tab, so that a spreadsheet takes them for text. */
const numbered = (number: string): string => `${number}\t`;
/** Money that goes out stands negative: a refund's amount, a payment's fee. */
const amountOf = (record: BillRecord): string =>
  `${ofRefund(record) ? '-' : ''}${formatYuan(record.amountFen)}`;
const feeOf = (record: BillRecord): string => `${ofRefund(record) ? '' : '-'}${formatYuan(record.feeFen)}`;

const COLUMNS: readonly Column[] = [
  ['支付宝交易号', ({ trade }) => numbered(trade.tradeNo)],
  ['商户订单号', ({ trade }) => numbered(trade.outTradeNo)],
  ['业务类型', (record) => (ofRefund(record) ? '退款' : '交易')],
  ['商品名称', ({ trade }) => trade.subject],
  ['创建时间', ({ trade }) => formatBeijing(trade.createdAt)],
  ['完成时间', ({ at }) => formatBeijing(at)],
  ['门店编号', () => ''],
  ['门店名称', () => ''],
  ['操作员', () => ''],
  ['终端号', () => ''],
  ['对方账户', () => 'b**@sandbox.test'],
  ['订单金额（元）', amountOf],
  ['商家实收（元）', amountOf],
  ['支付宝红包（元）', () => NOTHING],
  ['集分宝（元）', () => NOTHING],
  ['支付宝优惠（元）', () => NOTHING],
  ['商家优惠（元）', () => NOTHING],
  ['券核销金额（元）', () => NOTHING],
  ['券名称', () => ''],
  ['商家红包消费金额（元）', () => NOTHING],
  ['卡消费金额（元）', () => NOTHING],
  ['退款批次号/请求号', ({ refund }) => refund?.outRefundNo ?? ''],
  ['服务费（元）', feeOf],
  ['分润（元）', () => NOTHING],
  ['备注', () => ''],
];

const LINE_END = '\r\n';
const RULE = '#-----------------------------------------业务明细列表';

/**
 * A day's bill as Alipay ships it: a zip of the detail and a summary, both csv in GBK, with comments around the table. It
 * has no column for how a refund has ended: only what really went back is on it.
 */
export async function billFile(sellerId: string, date: string, all: readonly BillRecord[]): Promise<Buffer> {
  const records = all.filter(({ refund }) => refund === undefined || refund.state === 'SUCCEEDED');
  const zip = new ZipFile();
  const prefix = `${sellerId}0156_${date.replaceAll('-', '')}_业务明细`;
  zip.addBuffer(gbk(detailOf(sellerId, date, records)), `${prefix}.csv`);
  zip.addBuffer(gbk(summaryOf(records)), `${prefix}(汇总).csv`);
  zip.end();
  return buffer(zip.outputStream);
}

function detailOf(sellerId: string, date: string, records: readonly BillRecord[]): string[] {
  return [
    '#支付宝业务明细查询',
    `#账号：[${sellerId}0156]`,
    `#起始日期：[${date} 00:00:00]   终止日期：[${date} 24:00:00]`,
    `${RULE}---------------------------------------`,
    COLUMNS.map(([name]) => name).join(','),
    ...records.map((record) => COLUMNS.map(([, value]) => plain(value(record))).join(',')),
    `${RULE}结束------------------------------------`,
    `#交易合计：${records.filter((record) => !ofRefund(record)).length}笔`,
    `#退款合计：${records.filter(ofRefund).length}笔`,
  ];
}

function summaryOf(records: readonly BillRecord[]): string[] {
  const payments = records.filter((record) => !ofRefund(record));
  const sum = (of: readonly BillRecord[]) => of.reduce((total, { amountFen }) => total + amountFen, 0n);
  const refunds = records.filter(ofRefund);
  return [
    '#支付宝业务汇总查询',
    '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）',
    `合计,,${payments.length},${refunds.length},${formatYuan(sum(payments) - sum(refunds))}`,
  ];
}

const gbk = (lines: readonly string[]): Buffer =>
  iconv.encode(lines.map((line) => `${line}${LINE_END}`).join(''), 'gbk');

/** The channel does not quote: what would break a line is taken out of the texts. */
const plain = (text: string): string => text.replace(/[,"\r\n]/g, ' ');
