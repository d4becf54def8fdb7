import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { describeTransfers } from '../conformance/index.js';
import { SmallAlipay } from '../testing/small-alipay.js';
import { AlipayChannel } from './alipay-channel.js';
import { AlipayTransferDesk } from './testing/alipay-transfer-desk.js';

let alipay: SmallAlipay;
let transfers: AlipayTransferDesk;
let channel: AlipayChannel;
let last = 1_234_567_890_000;

beforeAll(async () => {
  alipay = await SmallAlipay.listen();
  transfers = new AlipayTransferDesk(alipay);
  channel = new AlipayChannel(alipay.settings({ timeoutMs: 300 }));
});
afterAll(() => alipay.close());

const newNumber = () => String((last += 1));

describe('Alipay', () => {
  const without = { 'payees confirm': 'Alipay pays without asking the payee' };
  describeTransfers(without, () => ({ channel, transfers, newNumber }), { describe, it });
});
