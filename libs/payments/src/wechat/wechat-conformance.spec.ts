import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { describePaymentChannel } from '../conformance/index.js';
import { SmallWechat } from './testing/small-wechat.js';
import { WechatBench } from './testing/wechat-bench.js';

let wechat: SmallWechat;
let bench: WechatBench;

beforeAll(async () => {
  wechat = await SmallWechat.listen();
  bench = new WechatBench(wechat);
});
afterAll(() => wechat.close());

const WITHOUT = { 'transfers come back': 'what is in a WeChat wallet is not sent back' };

describePaymentChannel('WeChat Pay', WITHOUT, () => bench, { describe, it });
