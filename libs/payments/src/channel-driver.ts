import type { z } from 'zod';
import type { payment } from '#libs/contracts';
import type { PaymentChannel } from './payment-channel.js';

/** What a driver is given to open an account with. */
export interface AccountContext {
  readonly accountId: string;
  /**
   * The text of a file that the settings name, relative to the accounts file.
   *
   * @param setting how the person who has to mend it finds it, e.g. `privateKeyFile`.
   * @throws BadKeyError that names account and setting, never the file's content.
   */
  readonly readFile: (path: string, setting: string) => string;
}

/** How one channel's accounts are configured and opened: all that the platform needs to know of a channel. */
export interface ChannelDriver<Settings = unknown> {
  readonly name: payment.ChannelName;
  /** The part of an account's configuration that is the channel's own; unknown fields are refused. */
  readonly settings: z.ZodType<Settings>;
  /** @throws BadKeyError when a key can't be used. */
  open(settings: Settings, context: AccountContext): PaymentChannel;
}

/** A driver with its settings' type forgotten, as the table of drivers holds it. */
export interface AnyChannelDriver {
  readonly name: payment.ChannelName;
  /** Checks what was configured and opens it. */
  openUnknown(settings: unknown, context: AccountContext): PaymentChannel;
}

/** @throws ZodError when the settings are not what the driver wants. */
export function driver<Settings>(definition: ChannelDriver<Settings>): AnyChannelDriver {
  return {
    name: definition.name,
    openUnknown: (settings, context) => definition.open(definition.settings.parse(settings), context),
  };
}
