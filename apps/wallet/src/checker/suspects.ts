import { Injectable } from '@nestjs/common';
import type { StandingEntry } from '#libs/chain';
import { wallet } from '#libs/contracts';
import type { SqlExecutor } from '#libs/database';
import { BookReader } from './book-reader.js';
import type { Found } from './found.js';

/** An owner can have many accounts of one kind: so many, the newest first, are looked at. */
const MOST_PARTS = 100;

/**
 * Which accounts may have lost an entry, by what was announced of the transfers that are wrong. An entry that is gone can't
 * say whose it was; the outbox, written in the same transaction, still does.
 */
@Injectable()
export class Suspects {
  constructor(private readonly reader: BookReader) {}

  async of(
    from: SqlExecutor,
    found: readonly Found[],
    standing: readonly StandingEntry[],
  ): Promise<ReadonlySet<string>> {
    const suspects = new Set<string>();
    for (const { transferId } of found) {
      if (transferId === null) continue;
      const announced = await this.announced(from, transferId);
      if (announced.length <= standing.filter((entry) => entry.transferId === transferId).length) continue;
      for (const { account, ownerId } of announced)
        for (const id of await this.reader.accountIdsOf(from, account, ownerId, MOST_PARTS)) suspects.add(id);
    }
    return suspects;
  }

  private async announced(from: SqlExecutor, transferId: string) {
    const [row] = await from.query<{ payload: unknown }>(
      "SELECT `payload` FROM `outbox` WHERE `aggregate_id` = ? AND `event_name` = 'transfer.posted' LIMIT 1",
      [transferId],
    );
    const payload: unknown = typeof row?.payload === 'string' ? JSON.parse(row.payload) : row?.payload;
    const announced = wallet.transferPosted.payload.safeParse(payload);
    return announced.success ? announced.data.entries : [];
  }
}
