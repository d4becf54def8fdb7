import { Readable, pipeline } from 'node:stream';
import { crc32 } from 'node:zlib';
import { parse } from 'csv-parse';
import { type Entry, type ZipFile, openPromise } from 'yauzl';
import { parseYuan } from '#libs/money';
import type { BillLine } from '../payment-channel.js';
import { fromBeijingTime } from '../beijing-time.js';

type Row = Readonly<Record<string, string>>;

/** The general purpose bit of a zip entry whose name is UTF-8; Alipay's are GBK. */
const UTF8_NAME = 0x800;

const KINDS: Readonly<Record<string, BillLine['kind']>> = { 交易: 'payment', 退款: 'refund' };

/**
 * The lines of a bill as Alipay ships it: a zip of a summary (汇总) and the detail, both GBK csv with comments around the
 * table. Streams: memory doesn't grow with the bill. The zip's own check sum is all that vouches for it.
 *
 * @throws Error when it is damaged or says anything that we can't read: a line is never skipped.
 */
export async function* billLinesOf(zipFile: string): AsyncGenerator<BillLine> {
  const zip = await openPromise(zipFile, { decodeStrings: false });
  try {
    let details = 0;
    for await (const entry of zip.eachEntry()) {
      if (nameOf(entry).includes('汇总')) continue;
      details += 1;
      yield* linesOf(zip, entry);
    }
    if (details === 0) throw new Error('There is no detail in the zip');
  } finally {
    zip.close();
  }
}

function nameOf(entry: Entry): string {
  const encoding = (entry.generalPurposeBitFlag & UTF8_NAME) === 0 ? 'gbk' : 'utf-8';
  return new TextDecoder(encoding).decode(entry.fileNameRaw);
}

async function* linesOf(zip: ZipFile, entry: Entry): AsyncGenerator<BillLine> {
  const packed = await zip.openReadStreamPromise(entry);
  const table = parse({
    columns: (header: string[]) => header.map(plainParentheses),
    comment: '#',
    comment_no_infix: true,
    trim: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  // A failure destroys the table, and reaches whoever reads it.
  pipeline(Readable.from(decoded(packed, entry.crc32)), table, () => undefined);
  for await (const row of table) yield lineOf(row as Row);
}

async function* decoded(bytes: AsyncIterable<Buffer>, expected: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('gbk', { fatal: true });
  let sum = 0;
  for await (const chunk of bytes) {
    sum = crc32(chunk, sum);
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
  if (sum !== expected) throw new Error('The check sum of the bill is wrong');
}

/** Its columns are written with full-width parentheses, and in copies of its documentation with plain ones. */
const plainParentheses = (name: string) => name.replaceAll('（', '(').replaceAll('）', ')');

function lineOf(row: Row): BillLine {
  const status = valueOf(row, '业务类型');
  const kind = Object.hasOwn(KINDS, status) ? KINDS[status] : undefined;
  if (!kind) throw new Error(`The bill has a line of the unknown kind ${status}`);
  const at = fromBeijingTime(valueOf(row, '完成时间'));
  if (!at) throw new Error(`The bill has a line of no time: ${valueOf(row, '完成时间')}`);
  return {
    kind,
    outTradeNo: valueOf(row, '商户订单号'),
    channelTradeNo: valueOf(row, '支付宝交易号'),
    outRefundNo: kind === 'refund' ? valueOf(row, '退款批次号/请求号') : null,
    channelRefundNo: null,
    amount: magnitudeOf(valueOf(row, '订单金额(元)')),
    fee: magnitudeOf(valueOf(row, '服务费(元)')),
    at,
    status,
  };
}

/** Signs are the direction of the money, which `kind` says: a payment's fee and a refund's amount are negative. */
const magnitudeOf = (yuan: string) => parseYuan(yuan.replace(/^-/, ''));

function valueOf(row: Row, column: string): string {
  const value = row[column];
  if (value === undefined || value === '') throw new Error(`The bill has a line without ${column}`);
  return value;
}
