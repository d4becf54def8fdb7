import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChannelError } from '../channel-error.js';
import type { BillLine } from '../payment-channel.js';
import { billLinesOf } from './alipay-bill-file.js';
import type { AlipayGateway } from './alipay-gateway.js';
import { malformed } from './alipay-replies.js';

const METHOD = 'alipay.data.dataservice.bill.downloadurl.query';
/** A large bill takes a while; a connection that says nothing for so long is broken. */
const DOWNLOAD_TIMEOUT_MS = 10 * 60 * 1_000;

/**
 * One day's trades. Alipay says `bill_not_exist` both of a bill that is not written yet and of a day without one, and
 * gives days without trades an empty file (`bill_file_code=EMPTY_DATA_WITH_BILL_FILE`). So a missing bill is always "not
 * ready": an empty day is only believed from a file that says so.
 */
export async function* downloadAlipayBill(
  gateway: AlipayGateway,
  billDate: string,
): AsyncGenerator<BillLine> {
  const url = await billUrl(gateway, billDate);
  const directory = await mkdtemp(join(tmpdir(), `alipay-bill-${process.pid}-`));
  try {
    const file = join(directory, 'bill.zip');
    await download(url, file);
    yield* billLinesOf(file);
  } catch (cause) {
    if (ChannelError.is(cause)) throw cause;
    throw new ChannelError('UNKNOWN', 'UNREADABLE_BILL', `Alipay's bill of ${billDate} can't be read`, {
      cause,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function billUrl(gateway: AlipayGateway, billDate: string): Promise<string> {
  try {
    const reply = await gateway.call(METHOD, { bill_type: 'trade', bill_date: billDate });
    const url = reply['bill_download_url'];
    if (typeof url !== 'string' || !URL.canParse(url)) throw malformed('bill_download_url');
    return url;
  } catch (error) {
    if (!ChannelError.is(error) || !/bill_not_exist$/i.test(error.channelCode)) throw error;
    const message = `Alipay has not written the bill of ${billDate} yet`;
    throw new ChannelError('NOT_DONE', 'BILL_NOT_READY', message, { cause: error });
  }
}

async function download(url: string, file: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
  if (!response.ok || !response.body) {
    const message = `Alipay answered the download of a bill with HTTP ${response.status}`;
    const backOff = response.status === 429 || response.status >= 500;
    throw new ChannelError('NOT_DONE', `HTTP_${response.status}`, message, { backOff });
  }
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file, { mode: 0o600 }));
}
