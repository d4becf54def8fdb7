import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { BillDesk, FEE_BASIS_POINTS, type BillRecord } from '../../bill/bill-desk.js';
import { PublicAddress } from '../../http/public-address.js';
import type { RefundState } from '../../refund/refund.js';
import { formatBeijing } from '../../trade/beijing-time.js';
import { BILL_TYPES, type BillEntry, type BillType } from '../bill-csv.js';
import { BillDownloads } from '../bill-downloads.js';
import { failures, invalidParameter, isFailure, type WechatFailure } from '../failure.js';
import * as parameters from '../parameters.js';
import { PrepayBook } from '../prepay-book.js';
import { tradeTypeOf } from '../transaction.js';
import type { Operation, WechatAnswer, WechatRequest } from './operation.js';

const MILLI_FEN = 1_000n;
/** Bills are kept for three months. */
const KEPT_MS = 92 * 24 * 60 * 60_000;

const billQuery = z.object({
  bill_date: z.iso.date('日期格式应为yyyy-MM-dd'),
  bill_type: z.enum(BILL_TYPES, '账单类型仅支持ALL、SUCCESS、REFUND').default('ALL'),
  tar_type: z.enum(['GZIP'], '压缩类型仅支持GZIP').optional(),
});

/** The words of the bill's column of refund states. */
const BILL_STATUS = {
  PROCESSING: 'PROCESSING',
  SUCCEEDED: 'SUCCESS',
  ABNORMAL: 'CHANGE',
  CLOSED: 'FAIL',
} as const satisfies Record<RefundState, string>;

/** The bill of a day and its download. */
@Injectable()
export class BillOperations {
  constructor(
    private readonly desk: BillDesk,
    private readonly prepays: PrepayBook,
    private readonly downloads: BillDownloads,
    private readonly address: PublicAddress,
  ) {}

  /** `GET /v3/bill/tradebill?bill_date=&bill_type=&tar_type=` */
  tradeBill(): Operation {
    return { name: 'GET /v3/bill/tradebill', subject: () => '', work: (request) => this.write(request) };
  }

  /** `GET /v3/billdownload/file?token=`: the file itself, without a signature. */
  download(): Operation {
    return {
      name: 'GET /v3/billdownload/file',
      subject: () => '',
      work: ({ merchant, query }) => {
        const file = this.downloads.find(merchant.mchid, query.get('token') ?? '', Date.now());
        if (file === undefined) return invalidParameter('query', '/token', '下载地址无效或已过期');
        return { status: 200, file };
      },
    };
  }

  private async write(request: WechatRequest): Promise<WechatAnswer | WechatFailure> {
    const checked = parameters.check(billQuery, Object.fromEntries(request.query), 'query');
    if (isFailure(checked)) return checked;
    const { bill_date: date, bill_type: type, tar_type: packing } = checked.values;
    const now = Date.now();
    const state = this.desk.stateOf(date, now);
    if (state === 'creating') return failures.statementCreating;
    if (state === 'missing' || date < formatBeijing(now - KEPT_MS).slice(0, 10)) return failures.noStatement;
    const { mchid } = request.merchant;
    const entries = [...this.entries(mchid, date, type)];
    // A day without any trade has no bill.
    if (entries.length === 0) return failures.noStatement;
    const bill = await this.downloads.write(mchid, type, packing === 'GZIP', entries, now);
    const url = `${this.address.url}/v3/billdownload/file?token=${bill.token}`;
    return { status: 200, body: { download_url: url, hash_type: 'SHA1', hash_value: bill.sha1 } };
  }

  private *entries(mchid: string, date: string, type: BillType): Generator<BillEntry> {
    for (const record of this.desk.records('wechat', date)) {
      if (type !== 'ALL' && (type === 'REFUND') !== (record.kind === 'refund')) continue;
      const entry = this.entryOf(record, mchid);
      if (entry) yield entry;
    }
  }

  /** @returns `undefined` for another merchant's. */
  private entryOf(record: BillRecord, mchid: string): BillEntry | undefined {
    const { trade, refund, kind } = record;
    const order = this.prepays.order(trade.outTradeNo);
    if (order?.mchid !== mchid) return undefined;
    const { amountFen, feeFen, at } = record;
    return {
      kind,
      at,
      appid: order.appid,
      mchid,
      transactionId: trade.tradeNo,
      outTradeNo: trade.outTradeNo,
      openid: order.openid,
      tradeType: tradeTypeOf(trade),
      subject: trade.subject,
      attach: trade.passback ?? '',
      amountFen,
      feeMilliFen: (kind === 'refund' ? -feeFen : feeFen) * MILLI_FEN,
      rate: `${FEE_BASIS_POINTS / 100n}.${String(FEE_BASIS_POINTS % 100n).padStart(2, '0')}%`,
      ...(refund === undefined
        ? {}
        : {
            refund: {
              refundId: refund.refundNo,
              outRefundNo: refund.outRefundNo,
              status: BILL_STATUS[refund.state],
              appliedAt: refund.createdAt,
              ...(refund.settledAt === undefined ? {} : { succeededAt: refund.settledAt }),
            },
          }),
    };
  }
}
