import type { Redis } from 'ioredis';
import { payment } from '#libs/contracts';
import { ChannelError, type PaymentChannelFactory } from '#libs/payments';
import type { Log } from '#libs/service';
import type { EventPublisher } from '#libs/transport';
import { type CallOutcome, Turnstile } from '#libs/turnstile';

/** What an answer says of the channel's health; a refusal in words is a healthy answer. */
export function healthOf(error: unknown): CallOutcome {
  if (!ChannelError.is(error)) return 'failed';
  if (error.backOff) return 'overloaded';
  return error.kind === 'REFUSED' || error.kind === 'NOT_DONE' ? 'refused' : 'failed';
}

export interface TurnstileParts {
  readonly redis: Redis;
  readonly channels: PaymentChannelFactory;
  readonly events: EventPublisher;
  readonly log: Log;
}

/** The one line in front of each channel account, over all replicas of all services. */
export function openTurnstile({ redis, channels, events, log }: TurnstileParts): Turnstile {
  return new Turnstile({
    redis,
    name: 'channels',
    outcomeOf: healthOf,
    onError: (error) => log.warn({ err: error }, 'the line in front of the channels stumbled'),
    onCircuitChange: (accountId, circuit, reason) => {
      const { channel } = channels.account(accountId);
      const fields = { account: accountId, circuit, reason };
      log.warn(
        fields,
        circuit === 'open' ? 'circuit open: only probes reach the channel' : 'circuit changed',
      );
      events
        .publish(payment.channelCircuitChanged, { accountId, channel: channel.name, circuit, reason })
        .catch((error: unknown) => log.warn({ err: error, ...fields }, 'operators could not be told'));
    },
  });
}
