import { endpoint } from '../endpoint/endpoint.js';

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
  response: { contentType: 'text/plain', description: 'What the channel expects, word for word' },
  otherResponses: { 503: { contentType: 'text/plain', description: '`fail`: send it again' } },
});

export const notifyWechat = endpoint({
  permission: 'public',
  summary: "WeChat Pay's asynchronous notice",
  description:
    "Called by WeChat's servers: signed in the headers, encrypted with the merchant's APIv3 key. Answered with 200 once " +
    'the payment or refund is stored; anything else makes the channel send it again.',
  rateLimit: 'channel',
  rawBody: { contentType: 'application/json', description: 'Signed over the bytes as they are' },
  response: { contentType: 'application/json', description: 'What the channel expects, word for word' },
  otherResponses: { 503: { contentType: 'application/json', description: '`FAIL`: send it again' } },
});
