import { ChannelError } from '../channel-error.js';
import type { PayCredential, PrepayRequest } from '../payment-channel.js';
import { fenOf, fitBytes, malformed, textIn, toRfc3339 } from './wechat-fields.js';
import type { WechatHttp } from './wechat-http.js';

const MAX_DESCRIPTION_BYTES = 127;
const NO_CREDENTIAL: PayCredential = { payUrl: null, codeUrl: null, jsapiParameters: null };

export interface PrepayRules {
  readonly mchid: string;
  readonly appid: string;
  /** Signs what the buyer's page hands to WeChat. */
  readonly jsapiParameters: (prepayId: string) => Record<string, string>;
}

/** `POST /v3/pay/transactions/…`. The same request again opens no second trade: WeChat Pay answers it as it did before. */
export async function prepayAtWechat(
  http: WechatHttp,
  request: PrepayRequest,
  rules: PrepayRules,
): Promise<PayCredential> {
  const order = {
    appid: rules.appid,
    mchid: rules.mchid,
    description: fitBytes(request.subject, MAX_DESCRIPTION_BYTES),
    out_trade_no: request.outTradeNo,
    time_expire: toRfc3339(request.expiresAt),
    notify_url: request.notifyUrl,
    amount: { total: fenOf(request.amount), currency: 'CNY' },
  };
  const open = async (method: string, more: object, answer: string): Promise<string> => {
    const reply = await http.post(`/v3/pay/transactions/${method}`, { ...order, ...more });
    if (!reply) throw malformed(answer);
    return textIn(reply, answer);
  };
  switch (request.method) {
    case 'native':
      return { ...NO_CREDENTIAL, codeUrl: await open('native', {}, 'code_url') };
    case 'h5': {
      const address = needed(request.payerAddress, "the buyer's IP address");
      const scene = { payer_client_ip: address, h5_info: { type: 'Wap' } };
      const url = await open('h5', { scene_info: scene }, 'h5_url');
      return { ...NO_CREDENTIAL, payUrl: withReturn(url, request.returnUrl) };
    }
    case 'jsapi': {
      const openid = needed(request.payerOpenId, "the buyer's openid");
      const prepayId = await open('jsapi', { payer: { openid } }, 'prepay_id');
      return { ...NO_CREDENTIAL, jsapiParameters: rules.jsapiParameters(prepayId) };
    }
    default:
      throw new ChannelError('REFUSED', 'METHOD_UNKNOWN', `WeChat Pay has no payment by ${request.method}`);
  }
}

function needed(value: string | undefined, what: string): string {
  if (value) return value;
  throw new ChannelError('REFUSED', 'PAYER_UNKNOWN', `WeChat Pay needs ${what} for this way to pay`);
}

/** WeChat Pay's page sends the buyer on to where this says; what happened is never told by that. */
function withReturn(h5Url: string, returnUrl: string): string {
  if (!URL.canParse(h5Url) || !/^https?:/i.test(h5Url)) throw malformed('h5_url');
  const joint = h5Url.includes('?') ? '&' : '?';
  return `${h5Url}${joint}redirect_url=${encodeURIComponent(returnUrl)}`;
}
