import { Controller } from '@nestjs/common';
import { type PayloadOf, payment } from '#libs/contracts';
import { OnEvent, contextHeaders } from '#libs/transport';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { feeCorrection } from './fee-correction.recipe.js';
import { writeOff } from './write-off.recipe.js';

/** What the daily comparison with the channels' bills books. */
@Controller()
export class ReconciliationController {
  constructor(private readonly postings: PostingAnnouncer) {}

  @OnEvent(payment.feeCorrected)
  async correctFee(corrected: PayloadOf<typeof payment.feeCorrected>): Promise<void> {
    await this.postings.post(
      feeCorrection(corrected, contextHeaders()),
      `The fee of ${corrected.key} is corrected`,
    );
  }

  @OnEvent(payment.differenceWrittenOff)
  async writeOff(written: PayloadOf<typeof payment.differenceWrittenOff>): Promise<void> {
    await this.postings.post(
      writeOff(written, contextHeaders()),
      `Difference ${written.differenceId} is written off`,
    );
  }
}
