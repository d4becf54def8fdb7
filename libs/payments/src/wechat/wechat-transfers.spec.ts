import { constants, privateDecrypt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelTransfer } from '../channel-transfers.js';
import { type Answer, type Identity, SmallWechat, newIdentity } from './testing/small-wechat.js';
import { WechatChannel } from './wechat-channel.js';

const PATH = '/v3/fund-app/mch-transfer/transfer-bills';
const NO = '1234567890123456789';
const REQUEST = {
  outTransferNo: NO,
  amount: 88_880_000n,
  payeeAccount: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  payeeName: '欧阳娜娜',
  remark: '提😀'.repeat(20),
};

let wechat: SmallWechat;
let transfers: WechatChannel['transfers'];

beforeAll(async () => {
  wechat = await SmallWechat.listen();
  ({ transfers } = new WechatChannel(wechat.settings({ timeoutMs: 500 })));
});
afterAll(() => wechat.close());
beforeEach(() => {
  wechat.calls.length = 0;
});

const NUMBERS = { out_bill_no: NO, transfer_bill_no: '1330000071100999991182020050700019480001' };
/** The answer to being asked for it. */
const taken = (state: string, more: object = {}): Answer => ({
  status: 200,
  body: { ...NUMBERS, create_time: '2026-11-21T11:00:00+08:00', state, ...more },
});
/** The answer to being asked about it. */
const told = (state: string, more: object = {}): Answer => ({
  status: 200,
  body: {
    mch_id: wechat.mchid,
    ...NUMBERS,
    appid: wechat.appid,
    state,
    transfer_amount: 8_888,
    openid: REQUEST.payeeAccount,
    update_time: '2026-11-21T11:04:05+08:00',
    ...more,
  },
});
const refused = (status: number, code: string, message = ''): Answer => ({ status, body: { code, message } });
const NOT_THERE = refused(404, 'NOT_FOUND', '记录不存在');
const SUCCEEDED: ChannelTransfer = {
  state: 'SUCCEEDED',
  channelTransferNo: NUMBERS.transfer_bill_no,
  amount: 88_880_000n,
  paidAt: new Date('2026-11-21T03:04:05Z'),
};

/** What asking for it is answered with, and what the question about it. */
function answered(asked: Answer, questioned: Answer = NOT_THERE): void {
  wechat.desk = ({ method }) => (method === 'POST' ? asked : questioned);
}

const called = () => wechat.calls.map(({ method, url }) => `${method} ${url.pathname}`);

function opened(by: Identity): string {
  const key = { key: by.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  const sealed = Buffer.from(String(wechat.calls[0]?.body['user_name']), 'base64');
  return privateDecrypt(key, sealed).toString('utf8');
}

describe('a transfer at WeChat Pay', () => {
  it('says how much to whom and why, in fen, under our number, and waits for the payee', async () => {
    answered(taken('WAIT_USER_CONFIRM', { package_info: 'affffddafdfafddffda==' }));
    expect(await transfers.transfer(REQUEST)).toEqual({
      state: 'AWAITS_PAYEE',
      confirmation: 'affffddafdfafddffda==',
    });
    expect(called()).toEqual([`POST ${PATH}`]);
    expect(wechat.calls[0]?.body).toEqual({
      appid: wechat.appid,
      out_bill_no: NO,
      transfer_scene_id: '1005',
      openid: REQUEST.payeeAccount,
      user_name: expect.any(String),
      transfer_amount: 8_888,
      transfer_remark: '提😀'.repeat(16),
      transfer_scene_report_infos: [{ info_type: '岗位类型', info_content: '流量主' }],
    });
  });

  it("seals the payee's name for the key that it names: WeChat Pay's public key", async () => {
    answered(taken('ACCEPTED'));
    await transfers.transfer(REQUEST);
    expect(wechat.calls[0]?.headers['wechatpay-serial']).toBe(wechat.publicKeyId);
    expect(opened(wechat.platform)).toBe('欧阳娜娜');
    expect(wechat.calls[0]?.text).not.toContain('欧阳娜娜');
  });

  it('seals it for the newest valid certificate where there is no public key', async () => {
    const [older, newest, ended] = await Promise.all([
      newIdentity(-30, 30),
      newIdentity(-2, 300),
      newIdentity(-40, -1),
    ]);
    const { certified } = wechat;
    const { transfers: byCertificate } = new WechatChannel(
      wechat.settings({
        platformPublicKeys: [],
        platformCertificates: [older, newest, ended, certified].map(({ certificate }) => certificate),
        now: () => new Date(Date.now() - 36 * 3_600_000),
      }),
    );
    await expect(byCertificate.transfer(REQUEST)).rejects.toMatchObject({ kind: 'UNTRUSTED' });
    // A day and a half ago the server's own was not valid yet.
    expect(wechat.calls[0]?.headers['wechatpay-serial']).toBe(newest.serial);
    expect(opened(newest)).toBe('欧阳娜娜');
  });

  it('is not made when the last certificate has expired, or the name is too long to be sealed', async () => {
    let now = new Date();
    const { transfers: byCertificate } = new WechatChannel(
      wechat.settings({ platformPublicKeys: [], now: () => now }),
    );
    now = new Date(Date.now() + 400 * 24 * 3_600_000);
    await expect(byCertificate.transfer(REQUEST)).rejects.toMatchObject({ kind: 'NOT_DONE' });
    await expect(transfers.transfer({ ...REQUEST, payeeName: '娜'.repeat(72) })).rejects.toMatchObject({
      kind: 'REFUSED',
      message: expect.not.stringContaining('娜'),
    });
    await expect(transfers.transfer({ ...REQUEST, amount: 88_885_000n })).rejects.toMatchObject({
      kind: 'REFUSED',
    });
    expect(called()).toEqual([]);
  });

  it.each<[string, ChannelTransfer]>([
    ['ACCEPTED', { state: 'PROCESSING' }],
    ['PROCESSING', { state: 'PROCESSING' }],
    ['TRANSFERING', { state: 'PROCESSING' }],
    ['CANCELING', { state: 'PROCESSING' }],
    ['CANCELLED', { state: 'CANCELLED' }],
    ['WAIT_USER_CONFIRM', { state: 'AWAITS_PAYEE', confirmation: null }],
  ])('that is %s is %p, asked for and asked about', async (state, expected) => {
    answered(taken(state), told(state));
    expect(await transfers.transfer(REQUEST)).toEqual(expected);
    expect(await transfers.query(NO)).toEqual(expected);
    expect(called()).toEqual([`POST ${PATH}`, `GET ${PATH}/out-bill-no/${NO}`]);
  });

  it('that has ended is looked up, since how much or why not is told there only', async () => {
    answered(taken('SUCCESS'), told('SUCCESS'));
    expect(await transfers.transfer(REQUEST)).toEqual(SUCCEEDED);
    answered(taken('FAIL'), told('FAIL', { fail_reason: 'NAME_NOT_CORRECT' }));
    expect(await transfers.transfer(REQUEST)).toMatchObject({
      state: 'FAILED',
      problem: 'PAYEE_NAME_WRONG',
      message: 'WeChat Pay says of the transfer: FAIL NAME_NOT_CORRECT',
    });
    answered(taken('SUCCESS'), refused(429, 'FREQUENCY_LIMITED'));
    await expect(transfers.transfer(REQUEST)).rejects.toMatchObject({ kind: 'UNKNOWN', backOff: true });
  });
});

describe('a refusal of a transfer', () => {
  it.each<[string, Answer, Partial<ChannelTransfer>]>([
    ['want of money', refused(403, 'NOT_ENOUGH', '资金不足'), { state: 'SHORT_OF_FUNDS' }],
    [
      'an openid of somebody else',
      refused(400, 'PARAM_ERROR', 'openid与appid不匹配'),
      { state: 'FAILED', problem: 'PAYEE_NOT_FOUND' },
    ],
    [
      'a limit',
      refused(400, 'INVALID_REQUEST', '超过单笔转账上下限'),
      { state: 'FAILED', problem: 'LIMIT_OF_CHANNEL' },
    ],
    [
      'a scene that we have not',
      refused(403, 'NO_AUTH', '未开通该场景'),
      { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL' },
    ],
  ])('for %s is believed once the query knows of no transfer', async (_what, answer, expected) => {
    answered(answer);
    expect(await transfers.transfer(REQUEST)).toMatchObject(expected);
    expect(called()).toEqual([`POST ${PATH}`, `GET ${PATH}/out-bill-no/${NO}`]);
  });

  it.each<[string, Answer]>([
    ['NOT_ENOUGH', refused(403, 'NOT_ENOUGH')],
    ['ALREADY_EXISTS', refused(400, 'ALREADY_EXISTS', '单号已存在但信息不一致')],
    ['INVALID_REQUEST', refused(400, 'INVALID_REQUEST', '参数错误')],
  ])('by %s of a repeat whose first call went through is not believed', async (_code, answer) => {
    answered(answer, told('SUCCESS'));
    expect(await transfers.transfer(REQUEST)).toEqual(SUCCEEDED);
    answered(answer, told('WAIT_USER_CONFIRM'));
    expect(await transfers.transfer(REQUEST)).toEqual({ state: 'AWAITS_PAYEE', confirmation: null });
  });

  it.each<[string, Answer]>([
    ['in a code of its own', refused(400, 'ALREADY_EXISTS')],
    ['in words', refused(400, 'INVALID_REQUEST', '商户单号已存在，但信息不一致')],
  ])(
    'that says %s that the number is in use leaves it unknown: a query reaches 30 days',
    async (_how, answer) => {
      answered(answer);
      await expect(transfers.transfer(REQUEST)).rejects.toMatchObject({ kind: 'UNKNOWN' });
    },
  );

  it.each<[string, Answer, boolean]>([
    ['is refused, too', refused(403, 'NO_AUTH'), false],
    ['is one too many', refused(429, 'FREQUENCY_LIMITED'), true],
    ['is answered by nobody provable', { ...NOT_THERE, unsigned: true }, false],
  ])('leaves it unknown where the question %s', async (_what, questioned, backOff) => {
    answered(refused(403, 'NOT_ENOUGH'), questioned);
    await expect(transfers.transfer(REQUEST)).rejects.toMatchObject({
      kind: 'UNKNOWN',
      channelCode: 'NOT_ENOUGH',
      backOff,
    });
  });

  it.each<[string, Answer, object]>([
    ['SYSTEM_ERROR', refused(500, 'SYSTEM_ERROR'), { kind: 'UNKNOWN', backOff: true }],
    ['a code of next year', refused(400, 'A_CODE_OF_NEXT_YEAR'), { kind: 'UNKNOWN' }],
    ['a limit of the rate', refused(429, 'FREQUENCY_LIMITED'), { kind: 'NOT_DONE', backOff: true }],
    ['what nobody signed', { ...refused(403, 'NOT_ENOUGH'), unsigned: true }, { kind: 'UNTRUSTED' }],
    ['another number', taken('ACCEPTED', { out_bill_no: '1' }), { kind: 'UNTRUSTED' }],
  ])('is not what %s is', async (_what, answer, expected) => {
    answered(answer);
    await expect(transfers.transfer(REQUEST)).rejects.toMatchObject(expected);
    expect(called()).toEqual([`POST ${PATH}`]);
  });
});

describe('asking about a transfer', () => {
  it('hears what was paid and when, however long ago (mistake 4)', async () => {
    answered(NOT_THERE, told('SUCCESS'));
    expect(await transfers.query(NO)).toEqual(SUCCEEDED);
    answered(NOT_THERE, told('SUCCESS', { update_time: '2023-01-01T00:00:00+08:00' }));
    expect(await transfers.query(NO)).toMatchObject({ paidAt: new Date('2022-12-31T16:00:00Z') });
  });

  it.each([
    ['OPENID_INVALID', 'PAYEE_NOT_FOUND'],
    ['ACCOUNT_NOT_EXIST', 'PAYEE_NOT_FOUND'],
    ['PAYEE_ACCOUNT_ABNORMAL', 'PAYEE_NOT_ABLE'],
    ['OVERDUE_CLOSE', 'PAYEE_DID_NOT_CONFIRM'],
    ['DAY_RECEIVED_COUNT_EXCEED', 'LIMIT_OF_CHANNEL'],
    ['TRANSFER_RISK', 'REFUSED_BY_CHANNEL'],
    ['constructor', 'REFUSED_BY_CHANNEL'],
  ])('hears FAIL for %s as %s', async (reason, problem) => {
    answered(NOT_THERE, told('FAIL', { fail_reason: reason }));
    expect(await transfers.query(NO)).toMatchObject({ state: 'FAILED', problem });
  });

  it.each<[string, () => Answer, object]>([
    ['another number', () => told('SUCCESS', { out_bill_no: '1' }), { kind: 'UNTRUSTED' }],
    ['another merchant', () => told('SUCCESS', { mch_id: '1' }), { kind: 'UNTRUSTED' }],
    ['a state that nobody knows', () => told('CANCELED'), { kind: 'UNKNOWN' }],
    ['half a fen', () => told('SUCCESS', { transfer_amount: 8_888.5 }), { kind: 'UNKNOWN' }],
    ['no amount', () => told('SUCCESS', { transfer_amount: undefined }), { kind: 'UNKNOWN' }],
    ['no time', () => told('SUCCESS', { update_time: 'today' }), { kind: 'UNKNOWN' }],
    ['nothing', () => ({ status: 204 }), { kind: 'UNKNOWN' }],
    ['a failure that nobody signed', () => ({ ...told('FAIL'), unsigned: true }), { kind: 'UNTRUSTED' }],
    ['nobody, unsigned', () => ({ ...NOT_THERE, unsigned: true }), { kind: 'UNTRUSTED' }],
  ])('does not believe an answer about %s', async (_what, answer, expected) => {
    answered(NOT_THERE, answer());
    await expect(transfers.query(NO)).rejects.toMatchObject(expected);
  });
});

describe('taking a transfer back', () => {
  it.each<[string, Answer, ChannelTransfer]>([
    ['is under way', taken('CANCELING'), { state: 'PROCESSING' }],
    ['is done', taken('CANCELLED'), { state: 'CANCELLED' }],
    ['finds none', NOT_THERE, { state: 'NOT_FOUND' }],
  ])('%s', async (_what, answer, expected) => {
    answered(answer, told('SUCCESS'));
    expect(await transfers.cancel(NO)).toEqual(expected);
    expect(called()).toEqual([`POST ${PATH}/out-bill-no/${NO}/cancel`]);
  });

  it('is refused when the payee was faster, and says what they have', async () => {
    answered(refused(400, 'INVALID_REQUEST', '当前单据状态不支持撤销'), told('SUCCESS'));
    expect(await transfers.cancel(NO)).toEqual(SUCCEEDED);
  });

  it.each<[string, Answer, string]>([
    ['SYSTEM_ERROR', refused(500, 'SYSTEM_ERROR'), 'UNKNOWN'],
    ['one of another number', taken('CANCELLED', { out_bill_no: '1' }), 'UNTRUSTED'],
    ['nobody provable', { ...taken('CANCELLED'), unsigned: true }, 'UNTRUSTED'],
  ])('is left open by an answer of %s', async (_what, answer, kind) => {
    answered(answer, told('SUCCESS'));
    await expect(transfers.cancel(NO)).rejects.toMatchObject({ kind });
  });
});
