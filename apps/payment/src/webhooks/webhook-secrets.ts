import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/contracts';
import { openWith, sealWith } from '#libs/vault';
import { WebhookConfig } from './webhook.config.js';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** As the Standard Webhooks specification writes it: `whsec_` and the key in base64. */
export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/**
 * The `webhook-signature` header of the Standard Webhooks specification: one `v1,<base64>` for each secret, separated
 * by spaces; each is HMAC-SHA256 over `<id>.<timestamp>.<body>`.
 *
 * @param timestamp whole seconds since 1970, as in `webhook-timestamp`.
 */
export function signatureOf(
  secrets: readonly string[],
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
): string {
  const content = `${message.id}.${message.timestamp}.${message.body}`;
  return secrets
    .map((secret) => createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64')))
    .map((hmac) => `v1,${hmac.update(content).digest('base64')}`)
    .join(' ');
}

/** Secrets where they are stored: AES-256-GCM, bound to their webhook, so that no row can lend its secret to another. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly config: WebhookConfig) {}

  /** @throws DomainError UNAVAILABLE when this installation has no key for it. */
  seal(webhookId: string, secret: string): Buffer {
    return sealWith(this.key(), webhookId, secret);
  }

  /** @throws Error when it was sealed with another key, for another webhook, or has been changed. */
  open(webhookId: string, sealed: Buffer): string {
    return openWith(this.key(), webhookId, sealed);
  }

  private key(): Buffer {
    if (this.config.key) return this.config.key;
    throw new DomainError('UNAVAILABLE', 'Webhooks are not set up here: WEBHOOK_KEY_FILE is missing');
  }
}
