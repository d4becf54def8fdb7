import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { payment, type RequestOf } from '#libs/contracts';
import { callApi } from '../testing/api-caller.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';

type Notice = RequestOf<typeof payment.receiveNotify>;

describe("Alipay's notices", () => {
  let edge: TestEdge;
  let paymentService: PlainService;
  let fails = false;

  beforeAll(async () => {
    edge = await startTestEdge({ REQUEST_TIMEOUT_MS: '500' });
    paymentService = new PlainService('payment', edge.redisServer.url).answer(
      payment.receiveNotify,
      async () => {
        if (fails) throw new Error('the database is gone');
        return { status: 200, contentType: 'text/plain', body: 'success' };
      },
    );
    await paymentService.start();
  });
  afterEach(() => {
    paymentService.received.length = 0;
    fails = false;
  });
  afterAll(() => edge.stop());

  const notify = (body: Buffer | string, headers: Record<string, string>) =>
    fetch(`${edge.url}/v1/notify/alipay`, { method: 'POST', body, headers });
  const received = () => paymentService.received.map(({ request }) => request as Notice);

  it.each([
    ['a form', 'application/x-www-form-urlencoded; charset=utf-8'],
    ['what claims to be JSON', 'application/json'],
    ['plain text', 'text/plain'],
    ['bytes of some kind', 'application/octet-stream'],
  ])('reach payment byte for byte when they are %s', async (_what, contentType) => {
    const bytes = Buffer.concat([Buffer.from('total_amount=50.00&sign=a%2Bb+c&memo='), randomBytes(64)]);

    const answer = await notify(bytes, { 'content-type': contentType });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toBe('success');
    expect(received()).toMatchObject([{ channel: 'alipay', headers: { 'content-type': contentType } }]);
    expect(Buffer.from(received()[0]?.bodyBase64 ?? '', 'base64')).toEqual(bytes);
  });

  it('reach payment when they are empty: it is payment that knows what a notice is', async () => {
    expect((await notify('', {})).status).toBe(200);
    expect(received()).toMatchObject([{ bodyBase64: '' }]);
  });

  it('are refused when they are too large', async () => {
    const answer = await notify(Buffer.alloc(65_537), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.status).toBe(413);
    expect(received()).toEqual([]);
  });

  it('are asked for again when payment failed', async () => {
    fails = true;
    const answer = await notify('a=b', { 'content-type': 'application/x-www-form-urlencoded' });

    expect(answer.status).toBe(503);
    expect(await answer.text()).toBe('fail');
  });

  it('are asked for again when payment is not there', async () => {
    await paymentService.stop();
    const answer = await callApi(edge.url, 'POST /v1/notify/alipay', {
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

    expect(answer).toMatchObject({ status: 503, body: 'fail' });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });
});
