import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseYuan } from '#libs/money';
import { fromBeijingTime } from '../beijing-time.js';
import type { BillLine } from '../payment-channel.js';

type Row = ReadonlyMap<string, string>;

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
/** Many times the longest line that there can be; what is longer is no bill, and would fill the memory. */
const MAX_LINE_LENGTH = 64 * 1_024;
/** The first column of the two lines that sum a bill up. */
const SUMMARY_COLUMN = '总交易单数';
const FEE_DECIMALS = 5;

/** SHA1 over the bill as text. @throws Error when it can't be unpacked. */
export async function sha1OfBill(file: string): Promise<string> {
  const hash = createHash('sha1');
  for await (const chunk of await unpacked(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * The lines of a bill as WeChat Pay ships it (`bill_type=ALL`): UTF-8, a header, a line each with a backtick before every
 * field, then a header and a line that sum it up. Nothing is quoted: a field ends where `` ,` `` is. Streams: memory
 * doesn't grow with the bill.
 *
 * @throws Error when it says anything that we can't read: a line is never skipped.
 */
export async function* wechatBillLines(file: string): AsyncGenerator<BillLine> {
  let columns: readonly string[] | undefined;
  let isSummary = false;
  for await (const line of textLines(file)) {
    if (line === '') continue;
    if (!columns) columns = headerOf(line);
    else if (line.startsWith(SUMMARY_COLUMN)) isSummary = true;
    else if (!isSummary) yield lineOf(rowOf(line, columns));
  }
  if (!isSummary) throw new Error('The bill has no summary: it is not whole');
}

async function unpacked(file: string): Promise<Readable> {
  // Whatever stands between may have unpacked it already; its hash is the same either way.
  if (!(await isPacked(file))) return createReadStream(file);
  const gunzip = createGunzip();
  // A failure destroys the last one, and reaches whoever reads it.
  pipeline(createReadStream(file), gunzip, () => undefined);
  return gunzip;
}

async function isPacked(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length, 0);
    return buffer.equals(GZIP_MAGIC);
  } finally {
    await handle.close();
  }
}

async function* textLines(file: string): AsyncGenerator<string> {
  // Takes a byte order mark away, too.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of await unpacked(file)) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH) throw new Error('The bill has a line without an end');
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest.replace(/\r$/, '');
}

function headerOf(line: string): readonly string[] {
  const columns = line.split(',').map((name) => name.trim());
  if (!columns.includes('商户订单号')) throw new Error('The bill does not begin with its header');
  return columns;
}

function rowOf(line: string, columns: readonly string[]): Row {
  if (!line.startsWith('`')) throw new Error('The bill has a line that begins with no backtick');
  const values = line.slice(1).split(',`');
  if (values.length !== columns.length) {
    throw new Error(`The bill has a line of ${values.length} fields under ${columns.length} columns`);
  }
  return new Map(columns.map((name, index) => [name, (values[index] ?? '').trim()]));
}

function lineOf(row: Row): BillLine {
  const tradeState = valueOf(row, '交易状态');
  if (tradeState !== 'SUCCESS' && tradeState !== 'REFUND') {
    throw new Error(`The bill has a line of the unknown state ${tradeState}`);
  }
  const isRefund = tradeState === 'REFUND';
  const time = valueOf(row, '交易时间');
  const at = fromBeijingTime(time);
  if (!at) throw new Error(`The bill has a line of no time: ${time}`);
  return {
    kind: isRefund ? 'refund' : 'payment',
    outTradeNo: valueOf(row, '商户订单号'),
    channelTradeNo: valueOf(row, '微信订单号'),
    outRefundNo: isRefund ? valueOf(row, '商户退款单号') : null,
    channelRefundNo: isRefund ? valueOf(row, '微信退款单号') : null,
    // What the buyer was asked for and what we asked back: the columns beside them leave out what coupons paid.
    amount: parseYuan(valueOf(row, isRefund ? '申请退款金额' : '订单金额')),
    fee: feeIn(valueOf(row, '手续费')),
    at,
    status: isRefund ? valueOf(row, '退款状态') : tradeState,
  };
}

/** Its sign is the direction of the money, which `kind` says. */
function feeIn(yuan: string): bigint {
  return parseYuan(yuan.replace(/^-/, ''), { maxDecimals: FEE_DECIMALS });
}

function valueOf(row: Row, column: string): string {
  const value = row.get(column);
  if (value === undefined || value === '') throw new Error(`The bill has a line without ${column}`);
  return value;
}
