import { payment, wallet, type PayloadOf } from '#libs/contracts';
import { OnEvent } from '#libs/transport';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { rechargeChanged, walletChanged } from './push-messages.js';
import { PushServer } from './push.server.js';

/** Turns what happens in the services into what open pages are told. */
@Controller()
export class PushController {
  constructor(private readonly push: PushServer) {}

  @OnEvent(wallet.transferPosted)
  async onTransferPosted(transfer: PayloadOf<typeof wallet.transferPosted>): Promise<void> {
    for (const [ownerId, message] of walletChangesOf(transfer)) {
      this.push.walletChanged(ownerId, z.encode(walletChanged, message));
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
}

type WalletChange = z.output<typeof walletChanged>;

/** The parts of a transfer that owners may see, each owner's own; the platform's accounts are nobody's business. */
export function walletChangesOf(
  transfer: PayloadOf<typeof wallet.transferPosted>,
): Map<string, WalletChange> {
  const { transferId, kind, reference, postedAt } = transfer;
  const changes = new Map<string, WalletChange>();
  for (const { ownerId, account: name, seq, amount, balanceAfter } of transfer.entries) {
    const account = wallet.walletAccountKind.safeParse(name);
    if (ownerId === null || !account.success) continue;
    const change = changes.get(ownerId) ?? { accounts: [], entries: [] };
    changes.set(ownerId, {
      accounts: [
        ...change.accounts.filter((other) => other.kind !== account.data),
        { kind: account.data, balance: balanceAfter, lastSeq: seq },
      ],
      entries: [
        ...change.entries,
        {
          account: account.data,
          seq,
          transferId,
          kind,
          amount,
          balanceAfter,
          reference,
          createdAt: postedAt,
        },
      ],
    });
  }
  return changes;
}
