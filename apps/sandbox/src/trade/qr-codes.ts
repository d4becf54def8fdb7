import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Channels } from '../channel/channels.js';
import { Journal } from '../journal/journal.js';
import { TradeBook, type OpenOutcome } from './trade-book.js';
import type { ChannelName, TradeTerms } from './trade.js';

const KIND = 'qr-code';

/** A code that waits for somebody to scan it. Until then there is no trade: queries and closes find nothing. */
export interface QrCode {
  readonly code: string;
  readonly terms: TradeTerms;
  readonly createdAt: number;
}

export type AnnounceOutcome =
  | { readonly outcome: 'announced'; readonly qrCode: QrCode }
  | { readonly outcome: 'mismatch' | 'paid' | 'closed' | 'expired' };

/** The codes that were given out. Scanning one opens its trade. */
@Injectable()
export class QrCodes {
  private readonly byCode = new Map<string, QrCode>();
  private readonly byOutTradeNo = new Map<string, QrCode>();

  constructor(
    private readonly journal: Journal,
    private readonly book: TradeBook,
    private readonly channels: Channels,
  ) {
    for (const qrCode of journal.take<QrCode>(KIND)) this.remember(qrCode);
  }

  /** A code for these terms; asking again with the same terms gives the same code. */
  announce(terms: TradeTerms): AnnounceOutcome {
    const trade = this.book.find(terms.channel, terms.outTradeNo);
    if (trade?.state === 'CLOSED') return { outcome: 'closed' };
    if (trade && trade.state !== 'WAITING') return { outcome: 'paid' };
    const known = this.find(terms.channel, terms.outTradeNo);
    const before = trade ?? known?.terms;
    if (before && (before.amountFen !== terms.amountFen || before.subject !== terms.subject)) {
      return { outcome: 'mismatch' };
    }
    if (known) return { outcome: 'announced', qrCode: known };
    if (terms.expiresAt <= Date.now()) return { outcome: 'expired' };
    const qrCode: QrCode = { code: `bax${randomBytes(12).toString('hex')}`, terms, createdAt: Date.now() };
    this.remember(qrCode);
    this.journal.put(KIND, qrCode.code, qrCode);
    return { outcome: 'announced', qrCode };
  }

  find(channel: ChannelName, outTradeNo: string): QrCode | undefined {
    return this.byOutTradeNo.get(`${channel}:${outTradeNo}`);
  }

  findByCode(code: string): QrCode | undefined {
    return this.byCode.get(code);
  }

  /** What a phone does that reads the code. */
  scan(qrCode: QrCode): OpenOutcome {
    const channel = this.channels.of(qrCode.terms.channel);
    return this.book.open(qrCode.terms, (sequence, now) => channel.newTradeNo(sequence, now));
  }

  private remember(qrCode: QrCode): void {
    this.byCode.set(qrCode.code, qrCode);
    this.byOutTradeNo.set(`${qrCode.terms.channel}:${qrCode.terms.outTradeNo}`, qrCode);
  }
}
