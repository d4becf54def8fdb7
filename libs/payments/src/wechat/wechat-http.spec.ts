import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChannelError } from '../channel-error.js';
import { type Answer, SmallWechat } from './testing/small-wechat.js';
import { WechatChannel } from './wechat-channel.js';

let wechat: SmallWechat;
let channel: WechatChannel;

beforeAll(async () => {
  wechat = await SmallWechat.listen();
});
beforeEach(() => {
  channel = new WechatChannel(wechat.settings({ timeoutMs: 300 }));
});
afterAll(() => wechat.close());

const NUMBER = '1234567890123456789';
const open = () => ({ mchid: wechat.mchid, out_trade_no: NUMBER, trade_state: 'NOTPAY' });

async function failureOf(work: Promise<unknown>): Promise<ChannelError> {
  const error: unknown = await work.then(
    (answer) => answer,
    (reason: unknown) => reason,
  );
  if (!ChannelError.is(error)) throw new Error(`It ended with ${JSON.stringify(error)}`);
  return error;
}

const answered = (answer: Answer | undefined) => {
  wechat.desk = () => answer;
};

describe('a request', () => {
  it('is signed over path, query and body, and asks for the mode that we have the key for', async () => {
    answered({ status: 200, body: open() });
    // The server answers 401 to whatever the merchant has not signed byte for byte.
    expect(await channel.query(NUMBER)).toEqual({ state: 'WAITING' });
    const call = wechat.calls.at(-1);
    expect(`${call?.url.pathname}${call?.url.search}`).toBe(
      `/v3/pay/transactions/out-trade-no/${NUMBER}?mchid=${wechat.mchid}`,
    );
    expect(call?.headers).toMatchObject({
      accept: 'application/json',
      'wechatpay-serial': wechat.publicKeyId,
    });
    expect(call?.headers['user-agent']).toBeTruthy();
  });

  it('asks for no mode where there are certificates only, and believes the certificate', async () => {
    answered({ status: 200, body: open() });
    const certified = new WechatChannel(wechat.settings({ platformPublicKeys: [] }));
    expect(await certified.query(NUMBER)).toEqual({ state: 'WAITING' });
    expect(wechat.calls.at(-1)?.headers['wechatpay-serial']).toBeUndefined();
  });

  it('signed with a key that WeChat Pay does not know is refused unsigned: untrusted, and its claim is told', async () => {
    const stranger = new WechatChannel(wechat.settings({ merchantCertificateSerial: 'ABCDEF0123456789' }));
    const error = await failureOf(stranger.query(NUMBER));
    expect(error).toMatchObject({ kind: 'UNTRUSTED', backOff: false });
    expect(error.message).toContain('claims SIGN_ERROR');
  });
});

describe('an answer', () => {
  const later = (headers: Record<string, string>) => ({
    ...headers,
    'wechatpay-timestamp': String(Number(headers['wechatpay-timestamp']) + 1),
  });

  it.each<[string, Answer, Partial<ChannelError>]>([
    [
      '200 without a signature',
      { status: 200, raw: '{"trade_state":"CLOSED"}', unsigned: true },
      { kind: 'UNTRUSTED', backOff: false },
    ],
    ['204 without a signature', { status: 204, unsigned: true }, { kind: 'UNTRUSTED' }],
    ['200 with a wrong signature', { status: 200, raw: '{}', spoil: later }, { kind: 'UNTRUSTED' }],
    [
      '404 ORDER_NOT_EXIST without a signature',
      { status: 404, raw: '{"code":"ORDER_NOT_EXIST"}', unsigned: true },
      { kind: 'UNTRUSTED', backOff: false },
    ],
    [
      '404 ORDER_NOT_EXIST with a wrong one',
      { status: 404, raw: '{"code":"ORDER_NOT_EXIST"}', spoil: later },
      { kind: 'UNTRUSTED' },
    ],
    [
      '400 ORDER_CLOSED without a signature',
      { status: 400, raw: '{"code":"ORDER_CLOSED"}', unsigned: true },
      { kind: 'UNTRUSTED' },
    ],
    [
      '429 without a signature',
      { status: 429, raw: 'slow down', unsigned: true },
      { kind: 'UNTRUSTED', backOff: true },
    ],
    [
      '429 with one',
      { status: 429, body: { code: 'FREQUENCY_LIMITED' } },
      { kind: 'NOT_DONE', backOff: true },
    ],
    [
      '502 of a gateway',
      { status: 502, raw: '<h1>Bad Gateway</h1>', unsigned: true },
      { kind: 'UNKNOWN', channelCode: 'HTTP_502', backOff: true },
    ],
    [
      '500 SYSTEM_ERROR (mistake 2)',
      { status: 500, body: { code: 'SYSTEM_ERROR' } },
      { kind: 'UNKNOWN', channelCode: 'SYSTEM_ERROR', backOff: true },
    ],
    [
      '500 that claims a certainty',
      { status: 500, body: { code: 'ORDER_NOT_EXIST' } },
      { kind: 'UNKNOWN', backOff: true },
    ],
    ['202 USER_PAYING', { status: 202, body: { code: 'USER_PAYING' } }, { kind: 'UNKNOWN', backOff: false }],
    ['400 of a code that nobody has met', { status: 400, body: { code: 'BRAND_NEW' } }, { kind: 'UNKNOWN' }],
    ['400 of an inherited name', { status: 400, body: { code: 'constructor' } }, { kind: 'UNKNOWN' }],
    ['200 that is no JSON', { status: 200, raw: 'OK' }, { kind: 'UNKNOWN', channelCode: 'MALFORMED_REPLY' }],
    ['200 of a list', { status: 200, raw: '[]' }, { kind: 'UNKNOWN', channelCode: 'MALFORMED_REPLY' }],
    [
      '200 of an unknown state',
      { status: 200, raw: `{"mchid":"1900000007","out_trade_no":"${NUMBER}","trade_state":"X"}` },
      { kind: 'UNKNOWN' },
    ],
    [
      "200 about another's trade",
      { status: 200, raw: '{"mchid":"1900000007","out_trade_no":"1","trade_state":"CLOSED"}' },
      { kind: 'UNTRUSTED', channelCode: 'OTHER_TRADE' },
    ],
    [
      '200 about another merchant',
      { status: 200, raw: `{"mchid":"19","out_trade_no":"${NUMBER}","trade_state":"CLOSED"}` },
      { kind: 'UNTRUSTED', channelCode: 'OTHER_TRADE' },
    ],
    [
      'a redirect',
      { status: 302, unsigned: true, spoil: () => ({ location: 'http://127.0.0.1:1/' }) },
      { kind: 'UNKNOWN', channelCode: 'NO_ANSWER' },
    ],
  ])('%s', async (_what, answer, expected) => {
    answered(answer);
    expect(await failureOf(channel.query(NUMBER))).toMatchObject(expected);
  });

  it('that does not come leaves the outcome unknown', async () => {
    answered(undefined);
    expect(await failureOf(channel.query(NUMBER))).toMatchObject({
      kind: 'UNKNOWN',
      channelCode: 'NO_ANSWER',
    });
  });

  it('is not believed again after five minutes', async () => {
    answered({ status: 200, body: open() });
    const late = new WechatChannel(wechat.settings({ now: () => new Date(Date.now() + 301_000) }));
    expect(await failureOf(late.query(NUMBER))).toMatchObject({ kind: 'UNTRUSTED' });
  });

  it('closes nothing unless it is signed: an unsigned 204 leaves the trade open (mistake 1)', async () => {
    answered({ status: 204, unsigned: true });
    expect(await failureOf(channel.close(NUMBER))).toMatchObject({ kind: 'UNTRUSTED' });
    answered({ status: 204 });
    expect(await channel.close(NUMBER)).toEqual({ state: 'CLOSED' });
    expect(wechat.calls.at(-1)).toMatchObject({ method: 'POST', body: { mchid: wechat.mchid } });
  });
});
