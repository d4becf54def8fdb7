import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { billLines, type BillEntry, type BillType } from './bill-csv.js';

/** How long a download URL leads anywhere. */
export const DOWNLOAD_VALID_MS = 5 * 60_000;

interface Download {
  readonly mchid: string;
  readonly file: Buffer;
  readonly expiresAt: number;
}

/** A bill that waits to be fetched. */
export interface WrittenBill {
  readonly token: string;
  /** SHA1 of the bill as text, whatever the download is packed with. */
  readonly sha1: string;
}

/** Bills between the call that asks for one and the download. */
@Injectable()
export class BillDownloads {
  private readonly byToken = new Map<string, Download>();

  async write(
    mchid: string,
    type: BillType,
    isPacked: boolean,
    entries: Iterable<BillEntry>,
    now: number,
  ): Promise<WrittenBill> {
    for (const [token, download] of this.byToken) {
      if (download.expiresAt <= now) this.byToken.delete(token);
    }
    const hash = createHash('sha1');
    const lines = function* (): Generator<Buffer> {
      for (const line of billLines(type, entries)) {
        const bytes = Buffer.from(line);
        hash.update(bytes);
        yield bytes;
      }
    };
    const text = Readable.from(lines());
    const file = await buffer(isPacked ? text.pipe(createGzip()) : text);
    const token = randomBytes(24).toString('base64url');
    this.byToken.set(token, { mchid, file, expiresAt: now + DOWNLOAD_VALID_MS });
    return { token, sha1: hash.digest('hex') };
  }

  find(mchid: string, token: string, now: number): Buffer | undefined {
    const download = this.byToken.get(token);
    return download?.mchid === mchid && download.expiresAt > now ? download.file : undefined;
  }
}
