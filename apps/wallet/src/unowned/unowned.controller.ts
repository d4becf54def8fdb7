import { Controller } from '@nestjs/common';
import { type PayloadOf, payment } from '#libs/contracts';
import { OnEvent, contextHeaders } from '#libs/transport';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { unownedReceived } from './unowned.recipe.js';

@Controller()
export class UnownedController {
  constructor(private readonly postings: PostingAnnouncer) {}

  @OnEvent(payment.moneyUnowned)
  async receive(received: PayloadOf<typeof payment.moneyUnowned>): Promise<void> {
    await this.postings.post(
      unownedReceived(received, contextHeaders()),
      `Attempt ${received.attemptId} was paid and pays no order`,
    );
  }
}
