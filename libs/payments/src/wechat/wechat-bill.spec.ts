import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BillLine } from '../payment-channel.js';
import { type Answer, SmallWechat } from './testing/small-wechat.js';
import { BILL_HEADER, BILL_SUMMARY } from './testing/wechat-counter.js';
import { WechatChannel } from './wechat-channel.js';

const DAY = '2026-11-20';
const PAYMENT =
  '`2026-11-20 11:03:05,`wx7,`1900000007,`0,`,`4200000000202611200000000001,`1234567890123456789,`oUpF8,`NATIVE,`SUCCESS,`OTHERS,`CNY,`49.00,`1.00,`0,`0,`0.00,`0.00,`,`,`充值, Clearbid "#1",`,`0.30000,`0.60%,`50.00,`0.00,`';
const REFUND =
  '`2026-11-20 12:03:05,`wx7,`1900000007,`0,`,`4200000000202611200000000001,`1234567890123456789,`oUpF8,`NATIVE,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`5030000000202611200000000001,`1234567890123456000,`19.00,`1.00,`ORIGINAL,`PROCESSING,`充值,`,`-0.12345,`0.60%,`0.00,`20.00,`';
const SUMMARY = '`2,`49.00,`19.00,`1.00,`0.17655,`50.00,`20.00';

let wechat: SmallWechat;
let channel: WechatChannel;

beforeAll(async () => {
  wechat = await SmallWechat.listen();
  channel = new WechatChannel(wechat.settings());
});
afterAll(() => wechat.close());

const textOf = (lines: readonly string[]) => [BILL_HEADER, ...lines, BILL_SUMMARY, SUMMARY, ''].join('\r\n');
const sha1 = (text: string | Buffer) => createHash('sha1').update(text).digest('hex');

/** Ships this text with the hash that belongs to it, unless told otherwise. */
function ship(
  text: string,
  { file = gzipSync(text), hash = sha1(text), downloaded = 200, url = '' } = {},
): void {
  const download = url || `${wechat.baseUrl}/v3/billdownload/file?token=a-_b%2F`;
  wechat.desk = (call): Answer =>
    call.url.pathname === '/v3/billdownload/file'
      ? { status: downloaded, raw: file, unsigned: true }
      : { status: 200, body: { hash_type: 'SHA1', hash_value: hash, download_url: download } };
}

async function linesOfDay(by = channel, day = DAY): Promise<BillLine[]> {
  const lines: BillLine[] = [];
  for await (const line of by.downloadBill(day)) lines.push(line);
  return lines;
}

const leftBehind = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`wechat-bill-${process.pid}-`));

describe("WeChat Pay's bill", () => {
  it('gives payments and refunds as they were asked for, coupons or not, and takes the summary for no trade', async () => {
    ship(textOf([PAYMENT, REFUND]));
    expect(await linesOfDay()).toEqual([
      {
        kind: 'payment',
        outTradeNo: '1234567890123456789',
        channelTradeNo: '4200000000202611200000000001',
        outRefundNo: null,
        channelRefundNo: null,
        amount: 50_000_000n,
        fee: 300_000n,
        at: new Date('2026-11-20T03:03:05Z'),
        status: 'SUCCESS',
      },
      {
        kind: 'refund',
        outTradeNo: '1234567890123456789',
        channelTradeNo: '4200000000202611200000000001',
        outRefundNo: '1234567890123456000',
        channelRefundNo: '5030000000202611200000000001',
        amount: 20_000_000n,
        fee: 123_450n,
        at: new Date('2026-11-20T04:03:05Z'),
        status: 'PROCESSING',
      },
    ]);
    const [ask, download] = wechat.calls.slice(-2);
    expect(ask?.url.search).toBe(`?bill_date=${DAY}&bill_type=ALL&tar_type=GZIP`);
    expect(download?.url.search).toBe('?token=a-_b%2F');
    expect(leftBehind()).toEqual([]);
  });

  it('is read by the names of its columns, with a byte order mark, and unpacked on the way or not', async () => {
    const swapped = textOf([PAYMENT])
      .replace('交易时间,公众账号ID', '公众账号ID,交易时间')
      .replace('`2026-11-20 11:03:05,`wx7', '`wx7,`2026-11-20 11:03:05');
    const text = `\uFEFF${swapped}`;
    ship(text, { file: Buffer.from(text) });
    expect(await linesOfDay()).toMatchObject([{ amount: 50_000_000n, at: new Date('2026-11-20T03:03:05Z') }]);
  });

  it('gives not one line of a file with another hash than was promised', async () => {
    ship(textOf([PAYMENT]), { hash: sha1(textOf([REFUND])) });
    const given: BillLine[] = [];
    const reading = (async () => {
      for await (const line of channel.downloadBill(DAY)) given.push(line);
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'UNTRUSTED', channelCode: 'BILL_HASH' });
    expect(given).toEqual([]);
    expect(leftBehind()).toEqual([]);
  });

  it.each<[string, string]>([
    ['a line of too few fields', textOf([PAYMENT.slice(0, -2)])],
    ['a line that begins with no backtick', textOf([PAYMENT.slice(1)])],
    ['an amount that is none', textOf([PAYMENT.replace('`50.00', '`1e3')])],
    ['a state that nobody knows', textOf([PAYMENT.replace('SUCCESS', 'REVERSED')])],
    ['a time that is none', textOf([PAYMENT.replace('11:03:05', '11：03：05')])],
    ['a refund without its number', textOf([REFUND.replace('1234567890123456000', '')])],
    ['no summary', [BILL_HEADER, PAYMENT, ''].join('\r\n')],
    ['no header', PAYMENT],
    ['nothing in it', ''],
    ['a line without an end', `${BILL_HEADER}\n${'x'.repeat(400_000)}`],
  ])('with %s is an error, and no line is skipped', async (_what, text) => {
    ship(text);
    await expect(linesOfDay()).rejects.toMatchObject({ kind: 'UNKNOWN', channelCode: 'UNREADABLE_BILL' });
    expect(leftBehind()).toEqual([]);
  });

  it('that is cut off on the way is an error', async () => {
    const text = textOf([PAYMENT, REFUND]);
    ship(text, { file: gzipSync(text).subarray(0, -20) });
    await expect(linesOfDay()).rejects.toMatchObject({ channelCode: 'UNREADABLE_BILL' });
  });

  it('whose download fails is fetched again later', async () => {
    ship(textOf([]), { downloaded: 503 });
    await expect(linesOfDay()).rejects.toMatchObject({
      kind: 'NOT_DONE',
      channelCode: 'HTTP_503',
      backOff: true,
    });
    ship(textOf([]), { url: 'http://127.0.0.1:1/gone' });
    await expect(linesOfDay()).rejects.toMatchObject({ kind: 'NOT_DONE', channelCode: 'NO_ANSWER' });
  });

  it('leaves nothing behind when its reader stops early', async () => {
    ship(textOf(Array.from({ length: 20_000 }, () => PAYMENT)));
    for await (const line of channel.downloadBill(DAY)) {
      expect(line.amount).toBe(50_000_000n);
      break;
    }
    expect(leftBehind()).toEqual([]);
  });
});

describe('a bill that is not there', () => {
  const refused = (code: string, unsigned = false) => {
    wechat.desk = () => ({ status: 400, body: { code }, unsigned });
  };
  /** WeChat Pay's clock and ours, which agree. */
  function at(time: string): WechatChannel {
    wechat.now = () => new Date(time);
    return new WechatChannel(wechat.settings({ now: wechat.now, platformCertificates: [] }));
  }
  const NOT_READY = { kind: 'NOT_DONE', channelCode: 'BILL_NOT_READY' };

  it('is not ready until ten of the next morning in Beijing, and from then on a day without trades', async () => {
    refused('NO_STATEMENT_EXIST');
    await expect(linesOfDay(at('2026-11-21T01:59:59.999Z'))).rejects.toMatchObject(NOT_READY);
    expect(await linesOfDay(at('2026-11-21T02:00:00Z'))).toEqual([]);
  });

  it('is not ready while it is being written, whatever the hour', async () => {
    refused('STATEMENT_CREATING');
    await expect(linesOfDay(at('2026-11-23T02:00:00Z'))).rejects.toMatchObject(NOT_READY);
  });

  it('is no day without trades when nobody signed that', async () => {
    refused('NO_STATEMENT_EXIST', true);
    await expect(linesOfDay(at('2026-11-23T02:00:00Z'))).rejects.toMatchObject({ kind: 'UNTRUSTED' });
  });
});
