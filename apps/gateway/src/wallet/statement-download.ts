import { Readable } from 'node:stream';
import { type RequestOf, wallet } from '#libs/contracts';
import { RpcClient, currentContext, deadlineIn, newRequestId, runInContext } from '#libs/transport';
import { Injectable } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.js';
import { csvFoot, csvHead, csvLines } from './statement-csv.js';

type Wanted = Omit<RequestOf<typeof wallet.listEntries>, 'order' | 'cursor' | 'limit' | 'afterSeq'>;

/** Large, since each page is a round trip; and one page is all that is ever in memory. */
const PAGE_SIZE = 1_000;

/** Statements of any length: read page by page, as fast as whoever downloads them takes them. */
@Injectable()
export class StatementDownload {
  constructor(
    private readonly services: RpcClient,
    private readonly config: GatewayConfig,
  ) {}

  /**
   * What is refused is refused before the first byte. Money that comes in meanwhile is not in it: its last line is fixed
   * by the first question.
   */
  async start(wanted: Wanted): Promise<Readable> {
    const context = currentContext();
    const { ownerId, account, part, from, to } = wanted;
    const totals = await this.services.call(wallet.summarizeStatement, { ownerId, account, part, from, to });
    const pageAfter = (afterSeq: number) =>
      // The request's own deadline is for the first byte.
      runInContext(
        {
          ...(context ?? { requestId: newRequestId() }),
          deadlineAt: deadlineIn(this.config.environment.REQUEST_TIMEOUT_MS),
        },
        () =>
          this.services.call(wallet.listEntries, {
            ownerId,
            account,
            part,
            kind: wanted.kind,
            afterSeq,
            order: 'oldest-first',
            limit: PAGE_SIZE,
          }),
      );
    return Readable.from(textOf(totals, wanted, pageAfter), { objectMode: false });
  }
}

async function* textOf(
  { opening, closing, firstSeq, lastSeq }: wallet.StatementTotals,
  { from, to }: Wanted,
  pageAfter: (afterSeq: number) => Promise<{ items: wallet.WalletEntry[]; nextCursor: string | null }>,
): AsyncGenerator<string> {
  yield csvHead(opening, from);
  for (let afterSeq = firstSeq - 1; afterSeq < lastSeq;) {
    const { items, nextCursor } = await pageAfter(afterSeq);
    const wanted = items.filter(({ seq }) => seq <= lastSeq);
    if (wanted.length > 0) yield csvLines(wanted);
    afterSeq = nextCursor === null ? lastSeq : Number(nextCursor);
  }
  yield csvFoot(closing, to);
}
