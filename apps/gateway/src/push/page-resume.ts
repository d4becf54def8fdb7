import { DomainError, wallet, type identity } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { fieldErrorsOf, parseOptions } from '../endpoint/field-errors.js';
import { mainAccountOf, walletViewOf } from '../wallet/wallet-view.js';
import { resumed, resumeRequest } from './push-messages.js';

const PAGE_SIZE = 100;
/** More than anybody reads: such a page loads its statement anew. */
const MAX_ENTRIES = 500;

/** What a page missed while it was away, however long that was. */
@Injectable()
export class PageResume {
  constructor(private readonly services: RpcClient) {}

  /** @throws DomainError VALIDATION_FAILED, FORBIDDEN, or what the wallet refuses */
  async answer(principal: identity.Principal, request: unknown): Promise<z.input<typeof resumed>> {
    const parsed = resumeRequest.safeParse(request ?? {}, parseOptions);
    if (!parsed.success) {
      throw new DomainError(
        'VALIDATION_FAILED',
        'Send resume with {"afterSeq": <the newest entry you have, or 0>}',
        {
          errors: fieldErrorsOf(parsed.error.issues),
        },
      );
    }
    if (!principal.permissions.includes('wallet:read')) {
      throw new DomainError(
        'FORBIDDEN',
        'This needs the permission wallet:read, which this account does not have',
      );
    }
    const ownerId = principal.accountId;
    // The wallet first: an entry that is posted between the two questions is then in the entries, and not missed.
    const view = walletViewOf(await this.services.call(wallet.getWallet, { ownerId }), principal);
    const { entries, complete } = await this.entriesAfter(
      ownerId,
      mainAccountOf(principal),
      parsed.data.afterSeq,
    );
    return z.encode(resumed, { wallet: view, entries, complete });
  }

  private async entriesAfter(
    ownerId: string,
    account: wallet.WalletAccountKind,
    afterSeq: number,
  ): Promise<{ entries: wallet.WalletEntry[]; complete: boolean }> {
    const newestFirst: wallet.WalletEntry[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.services.call(wallet.listEntries, {
        ownerId,
        account,
        afterSeq,
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      newestFirst.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && newestFirst.length < MAX_ENTRIES);
    return { entries: newestFirst.toReversed(), complete: cursor === undefined };
  }
}
