import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BillDesk } from '../bill/bill-desk.js';
import { PublicAddress } from '../http/public-address.js';
import type { AlipayApplication } from './alipay-applications.js';
import { billFile } from './bill-file.js';
import { failures, invalidParameter, type AlipayFailure } from './failure.js';
import type { ReplyBody } from './reply.js';
import type { AlipayRequest } from './request.js';

/** How long a download URL leads anywhere. */
const VALID_MS = 30_000;

interface Download {
  readonly application: AlipayApplication;
  readonly date: string;
  readonly expiresAt: number;
}

/** `alipay.data.dataservice.bill.downloadurl.query`, and the files that its URLs lead to. */
@Injectable()
export class AlipayBillDownloads {
  private readonly downloads = new Map<string, Download>();

  constructor(
    private readonly desk: BillDesk,
    private readonly address: PublicAddress,
  ) {}

  /** A signed request for the URL of a day's trade bill. */
  urlOf(request: AlipayRequest): ReplyBody | AlipayFailure {
    const { bill_type: type, bill_date: date } = request.biz;
    if (type !== 'trade') return invalidParameter('bill_type');
    if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return invalidParameter('bill_date');
    const now = Date.now();
    if (this.desk.stateOf(date, now) !== 'ready') return failures.billNotExist;
    for (const [token, { expiresAt }] of this.downloads) if (expiresAt < now) this.downloads.delete(token);
    const token = randomBytes(16).toString('hex');
    this.downloads.set(token, { application: request.application, date, expiresAt: now + VALID_MS });
    const url = `${this.address.url}/alipay-bill/download.resource?token=${token}`;
    return { code: '10000', msg: 'Success', bill_download_url: url };
  }

  /** @returns the zip; undefined for a URL that is no longer valid. */
  async fileOf(token: string): Promise<Buffer | undefined> {
    const download = this.downloads.get(token);
    if (!download || download.expiresAt < Date.now()) return undefined;
    const { application, date } = download;
    const records = [...this.desk.records('alipay', date)];
    return billFile(
      application.sellerId,
      date,
      records.filter(({ trade }) => trade.account === application.appId),
    );
  }
}
