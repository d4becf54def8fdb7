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

describePaymentChannel('WeChat Pay', {}, () => bench, { describe, it });
