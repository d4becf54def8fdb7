import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { ZipFile } from 'yazl';
import type { BillLine } from '../payment-channel.js';
import { SmallAlipay } from '../testing/small-alipay.js';
import { AlipayChannel } from './alipay-channel.js';

const METHOD = 'alipay.data.dataservice.bill.downloadurl.query';
const HEADER =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
const PAYMENT =
  '2026112022001400000000000001\t,1234567890123456789\t,交易,充值 #1 "一号",2026-11-20 11:03:05,2026-11-20 11:04:05,,,,,b**@x.cn,50.00,50.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-0.30,0.00,';
const REFUND =
  '2026112022001400000000000001\t,1234567890123456789\t,退款,充值,2026-11-20 12:03:05,2026-11-20 12:04:05,,,,,b**@x.cn,-20.00,-20.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,1234567890123456000,0.12,0.00,';

let alipay: SmallAlipay;
let channel: AlipayChannel;

beforeAll(async () => {
  alipay = await SmallAlipay.listen();
  channel = new AlipayChannel(alipay.settings());
});
afterAll(() => alipay.close());

const detail = (rows: readonly string[]) =>
  [
    '#支付宝业务明细查询',
    '#账号：[2088000000000007]',
    HEADER,
    ...rows,
    '#业务明细列表结束',
    '#导出时间：[x]',
    '',
  ].join('\r\n');

/** A bill as Alipay ships it: summary and detail, in GBK. */
async function zipped(rows: readonly string[]): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(
    iconv.encode('#汇总\r\n门店编号,交易订单总笔数\r\n合计,2\r\n', 'gbk'),
    '2088_业务明细(汇总).csv',
  );
  zip.addBuffer(iconv.encode(detail(rows), 'gbk'), '2088_业务明细.csv');
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function ship(file: Buffer, status = 200): void {
  const url = `${alipay.settings().gatewayUrl}?method=download`;
  alipay.reply(METHOD, { code: '10000', msg: 'Success', bill_download_url: url });
  alipay.on('download', (_call, response) => response.writeHead(status).end(file));
}

async function linesOfDay(): Promise<BillLine[]> {
  const lines: BillLine[] = [];
  for await (const line of channel.downloadBill('2026-11-20')) lines.push(line);
  return lines;
}

const leftovers = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`alipay-bill-${process.pid}-`)).length;

describe("a day's bill", () => {
  it('tells payments and refunds, with amounts and fees that are never negative', async () => {
    ship(await zipped([PAYMENT, REFUND]));
    const trade = {
      outTradeNo: '1234567890123456789',
      channelTradeNo: '2026112022001400000000000001',
      channelRefundNo: null,
    };
    expect(await linesOfDay()).toEqual([
      {
        ...trade,
        kind: 'payment',
        outRefundNo: null,
        amount: 50_000_000n,
        fee: 300_000n,
        at: new Date('2026-11-20T03:04:05Z'),
        status: '交易',
      },
      {
        ...trade,
        kind: 'refund',
        outRefundNo: '1234567890123456000',
        amount: 20_000_000n,
        fee: 120_000n,
        at: new Date('2026-11-20T04:04:05Z'),
        status: '退款',
      },
    ]);
  });

  it('of a day without trades is a file without lines', async () => {
    ship(await zipped([]));
    expect(await linesOfDay()).toEqual([]);
  });

  it.each(['isp.bill_not_exist', 'BILL_NOT_EXIST'])(
    'that does not exist (%s) is not ready, never empty',
    async (code) => {
      alipay.reply(METHOD, { code: '40004', msg: 'Business Failed', sub_code: code });
      await expect(linesOfDay()).rejects.toMatchObject({ kind: 'NOT_DONE', channelCode: 'BILL_NOT_READY' });
    },
  );

  it('comes whole, however many pieces its characters are torn into', async () => {
    ship(await zipped(Array.from({ length: 20_000 }, () => PAYMENT)));
    expect(await linesOfDay()).toHaveLength(20_000);
  });

  it.each([
    ['of an unknown kind', PAYMENT.replace('交易', '转账')],
    ['without an amount', PAYMENT.replace('50.00', '')],
    ['of no time', PAYMENT.replace('11:04:05', '')],
    ['that breaks off', PAYMENT.slice(0, 60)],
  ])('is not read over a line %s', async (_what, row) => {
    ship(await zipped([PAYMENT, row]));
    await expect(linesOfDay()).rejects.toMatchObject({
      name: 'ChannelError',
      channelCode: 'UNREADABLE_BILL',
    });
  });

  it('that is cut off, or was changed on the way, is an error', async () => {
    const whole = await zipped([PAYMENT]);
    const changed = Buffer.from(whole);
    changed.writeUInt32LE(7, whole.lastIndexOf(Buffer.from('PK\u0001\u0002')) + 16);
    for (const file of [whole.subarray(0, -30), changed, Buffer.from('<html>')]) {
      ship(file);
      await expect(linesOfDay()).rejects.toMatchObject({ name: 'ChannelError', kind: 'UNKNOWN' });
    }
    ship(Buffer.from('late'), 503);
    await expect(linesOfDay()).rejects.toMatchObject({ kind: 'NOT_DONE', backOff: true });
  });

  it('leaves nothing behind, even when nobody reads it to its end', async () => {
    const before = leftovers();
    ship(await zipped([PAYMENT, REFUND]));
    for await (const line of channel.downloadBill('2026-11-20')) {
      expect(line.kind).toBe('payment');
      break;
    }
    expect(leftovers()).toBe(before);
  });
});
