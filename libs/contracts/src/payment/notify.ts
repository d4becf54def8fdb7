import { z } from 'zod';
import { rpc } from '../contract.js';
import { channelName } from './recharge.js';

/** A channel's asynchronous notice exactly as it arrived: signatures are over the raw bytes. */
export const receiveNotify = rpc('payment.receive-notify', {
  request: z.object({
    channel: channelName,
    /** Lower-case names. */
    headers: z.record(z.string(), z.string()),
    bodyBase64: z.base64(),
  }),
  /** What to answer the channel, word for word. */
  response: z.object({ status: z.number().int(), contentType: z.string(), body: z.string() }),
});
