import { endpoint } from '../endpoint/endpoint.js';

const CHANNEL_ANSWER = { contentType: 'text/plain', description: 'What the channel expects, word for word' };

export const notifyAlipay = endpoint({
  permission: 'public',
  summary: "Alipay's asynchronous notice",
  description:
    "Called by Alipay's servers, signed by Alipay. `success` is answered once the payment is stored; anything else " +
    'makes the channel send it again.',
  rateLimit: 'channel',
  rawBody: {
    contentType: 'application/x-www-form-urlencoded',
    description: 'Signed over the bytes as they are',
  },
  response: CHANNEL_ANSWER,
  otherResponses: { 503: { contentType: 'text/plain', description: '`fail`: send it again' } },
});
