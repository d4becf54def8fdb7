import { ChannelError } from './channel-error.js';
import type { ChannelTransfer } from './channel-transfers.js';

type Query = () => Promise<ChannelTransfer>;

/**
 * What became of a transfer whose own answer leaves it open. A question that isn't answered, for whatever reason, says
 * nothing of the transfer: it stays unknown.
 *
 * @param doubt what left it open.
 * @throws ChannelError `UNKNOWN`
 */
export async function lookUp(
  query: Query,
  doubt: { readonly channelCode: string; readonly message: string },
): Promise<ChannelTransfer> {
  try {
    return await query();
  } catch (cause) {
    const backOff = ChannelError.is(cause) && cause.backOff;
    throw new ChannelError('UNKNOWN', doubt.channelCode, doubt.message, { cause, backOff });
  }
}

/**
 * What a refused transfer came to. The refusal may be the answer to a repeat whose first call went through (the money is
 * too little now, the payee's name was changed since), so it is believed only where the channel does not know the number.
 *
 * @param meaning of the refusal by itself.
 */
export async function afterRefusal(
  refusal: ChannelError,
  query: Query,
  meaning: (refusal: ChannelError) => ChannelTransfer,
): Promise<ChannelTransfer> {
  const known = await lookUp(query, refusal);
  return known.state === 'NOT_FOUND' ? meaning(refusal) : known;
}
