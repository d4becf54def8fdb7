import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelError } from '../channel-error.js';
import type { BillLine } from '../payment-channel.js';
import { sha1OfBill, wechatBillLines } from './wechat-bill-file.js';
import { malformed, textIn } from './wechat-fields.js';
import type { WechatHttp } from './wechat-http.js';

/** Ten o'clock of the next day in Beijing: from then on WeChat Pay promises a day's bill. */
const READY_AFTER_MS = 34 * 60 * 60 * 1_000;

interface BillFile {
  readonly url: URL;
  readonly sha1: string;
}

/**
 * One day's trades and refunds. Its file is fetched without a signature, so nothing of it is told before its hash, which
 * came in a signed answer, is right. WeChat Pay says `NO_STATEMENT_EXIST` both of a day without trades and of one whose
 * bill it has not begun to write: before the hour that it promises bills for, that is "not ready", and after it "nothing".
 */
export async function* downloadWechatBill(
  http: WechatHttp,
  billDate: string,
  now: () => Date,
): AsyncGenerator<BillLine> {
  const bill = await findBill(http, billDate, now);
  if (!bill) return;
  const directory = await mkdtemp(join(tmpdir(), `wechat-bill-${process.pid}-`));
  try {
    const file = join(directory, 'bill.csv.gz');
    await http.download(bill.url, file);
    if ((await sha1OfBill(file)) !== bill.sha1) {
      const message = `WeChat Pay's bill of ${billDate} has another hash than was promised`;
      throw new ChannelError('UNTRUSTED', 'BILL_HASH', message);
    }
    yield* wechatBillLines(file);
  } catch (cause) {
    if (ChannelError.is(cause)) throw cause;
    const message = `WeChat Pay's bill of ${billDate} can't be read`;
    throw new ChannelError('UNKNOWN', 'UNREADABLE_BILL', message, { cause });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function findBill(http: WechatHttp, billDate: string, now: () => Date): Promise<BillFile | undefined> {
  const query = new URLSearchParams({ bill_date: billDate, bill_type: 'ALL', tar_type: 'GZIP' });
  try {
    const reply = await http.get(`/v3/bill/tradebill?${query.toString()}`);
    if (reply?.['hash_type'] !== 'SHA1') throw malformed('hash_type');
    const url = textIn(reply, 'download_url');
    if (!URL.canParse(url)) throw malformed('download_url');
    return { url: new URL(url), sha1: textIn(reply, 'hash_value').toLowerCase() };
  } catch (error) {
    if (!ChannelError.is(error)) throw error;
    const isMissing = error.kind === 'REFUSED' && error.channelCode === 'NO_STATEMENT_EXIST';
    if (isMissing && now() >= readyAt(billDate)) return undefined;
    if (!isMissing && error.channelCode !== 'STATEMENT_CREATING') throw error;
    const message = `WeChat Pay has not written the bill of ${billDate} yet`;
    throw new ChannelError('NOT_DONE', 'BILL_NOT_READY', message, { cause: error });
  }
}

function readyAt(billDate: string): Date {
  return new Date(new Date(`${billDate}T00:00:00+08:00`).getTime() + READY_AFTER_MS);
}
