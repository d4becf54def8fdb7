import { Injectable } from '@nestjs/common';
import type { WechatOrder } from './prepay-book.js';
import { WechatKeys, type PlatformSigner } from './wechat-keys.js';

/**
 * Which key signs notifies. `follow`: the kind that the merchant's own request has asked for; `both`: by turns, as during
 * the switch from certificates to the public key.
 */
export const NOTIFY_SIGNING = ['follow', 'public-key', 'certificate', 'both'] as const;
export type NotifySigningMode = (typeof NOTIFY_SIGNING)[number];

/** Chooses the key for each notify; of several certificates each has its turn. */
@Injectable()
export class NotifySigning {
  mode: NotifySigningMode = 'follow';
  private sent = 0;

  constructor(private readonly keys: WechatKeys) {}

  signerFor(order: WechatOrder): PlatformSigner {
    this.sent += 1;
    const byTurns = this.sent % 2 === 0 ? 'public-key' : 'certificate';
    const kind = this.mode === 'follow' ? order.verifiesWith : this.mode === 'both' ? byTurns : this.mode;
    return kind === 'public-key' ? this.keys.publicKeySigner : this.keys.nextCertificateSigner();
  }
}
