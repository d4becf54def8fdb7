import { payment, wallet, withdrawal, type PayloadOf } from '#libs/contracts';
import { OnEvent } from '#libs/transport';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { rechargeChanged, walletChanged, withdrawalChanged } from './push-messages.js';
import { PushServer } from './push.server.js';
import { staleBySpends, walletChangesOf } from './wallet-changes.js';

/** Turns what happens in the services into what open pages are told. */
@Controller()
export class PushController {
  constructor(private readonly push: PushServer) {}

  @OnEvent(wallet.transferPosted)
  async onTransferPosted(transfer: PayloadOf<typeof wallet.transferPosted>): Promise<void> {
    for (const [ownerId, message] of walletChangesOf(transfer)) {
      this.push.walletsChanged([ownerId], z.encode(walletChanged, message));
    }
  }

  @OnEvent(wallet.spendsPosted)
  async onSpendsPosted(spends: PayloadOf<typeof wallet.spendsPosted>): Promise<void> {
    for (const { ownerIds, message } of staleBySpends(spends)) {
      this.push.walletsChanged(ownerIds, z.encode(walletChanged, message));
    }
  }

  @OnEvent(payment.orderChanged)
  async onOrderChanged({
    orderId,
    merchantId,
    state,
  }: PayloadOf<typeof payment.orderChanged>): Promise<void> {
    this.push.rechargeChanged(merchantId, z.encode(rechargeChanged, { id: orderId, state }));
  }

  @OnEvent(withdrawal.withdrawalChanged)
  async onWithdrawalChanged({
    withdrawalId,
    ownerId,
    state,
  }: PayloadOf<typeof withdrawal.withdrawalChanged>): Promise<void> {
    this.push.withdrawalChanged(ownerId, z.encode(withdrawalChanged, { id: withdrawalId, state }));
  }
}
