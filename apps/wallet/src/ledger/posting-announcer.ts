import { Injectable } from '@nestjs/common';
import { DomainError, wallet } from '#libs/contracts';
import { Outbox } from '#libs/outbox';
import { Log } from '#libs/service';
import { LedgerService } from './ledger.service.js';
import type { TransferRequest } from './transfer.js';

/** Posts what an event asks for; events come at least once. */
@Injectable()
export class PostingAnnouncer {
  constructor(
    private readonly ledger: LedgerService,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {}

  /**
   * Posts, or says once more what was posted: whoever repeats an event has missed the answer.
   *
   * @param what for log lines and errors: "order 7 is paid".
   * @throws DomainError when the book refuses: real money that it has no place for goes to the dead letters, where an
   * operator sees it.
   */
  async post(request: TransferRequest, what: string): Promise<void> {
    const outcome = await this.ledger.post(request);
    if (outcome.status === 'rejected') {
      throw new DomainError(outcome.code, `${what} and can't be booked (transfer ${outcome.transferId})`);
    }
    const fields = { kind: request.kind, reference: request.reference, transferId: outcome.transferId };
    if (outcome.replayed) {
      this.log.info(fields, 'was booked before: told again');
      await this.outbox.resend(wallet.transferPosted, outcome.transferId);
    } else {
      this.log.info(fields, 'booked');
    }
  }
}
