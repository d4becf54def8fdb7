/** A refusal in the words of APIv3: an HTTP status and `{code, message, detail}`. */
export interface WechatFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

function failure(status: number, code: string, message: string): WechatFailure {
  return { status, code, message };
}

/** The documented refusals (WeChat Pay's tables of common and business error codes). */
export const failures = {
  malformedAuthorization: failure(401, 'SIGN_ERROR', 'Http头Authorization值格式错误，请参考签名规则'),
  wrongScheme: failure(401, 'SIGN_ERROR', 'Http头Authorization认证类型不正确'),
  staleTimestamp: failure(401, 'SIGN_ERROR', 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟'),
  wrongSerial: failure(401, 'SIGN_ERROR', '商户证书序列号有误。请使用签名私钥匹配的证书序列号'),
  unknownMerchant: failure(401, 'SIGN_ERROR', '商户号与签名证书不匹配，或商户号不存在'),
  unacceptable: failure(400, 'PARAM_ERROR', 'Http头缺少Accept或User-Agent'),
  notJson: failure(400, 'PARAM_ERROR', '请求报文主体不是合法的JSON对象'),
  wrongContentType: failure(400, 'PARAM_ERROR', 'Http头Content-Type须为application/json'),
  unknownPlatformKey: failure(
    400,
    'INVALID_REQUEST',
    'Http头Wechatpay-Serial不是该商户的平台证书序列号或微信支付公钥ID',
  ),
  noSuchApi: failure(404, 'RESOURCE_NOT_EXISTS', '请求的接口不存在'),
  orderNotExist: failure(404, 'ORDER_NOT_EXIST', '订单不存在'),
  orderPaid: failure(400, 'ORDERPAID', '该订单已支付'),
  orderClosed: failure(400, 'ORDER_CLOSED', '该订单已关闭'),
  numberUsed: failure(403, 'OUT_TRADE_NO_USED', '商户订单号重复，请使用相同的下单参数'),
  wrongAppId: failure(400, 'APPID_MCHID_NOT_MATCH', 'appid和mchid不匹配'),
  wrongMchid: failure(400, 'INVALID_REQUEST', '请求中的mchid与签名的商户号不一致'),
  refundNotExist: failure(404, 'RESOURCE_NOT_EXISTS', '退款单不存在'),
  refundOrderNotExist: failure(404, 'RESOURCE_NOT_EXISTS', '订单不存在'),
  refundNotPaid: failure(400, 'INVALID_REQUEST', '订单未支付，不允许退款'),
  refundMismatch: failure(400, 'INVALID_REQUEST', '订单金额或退款金额与之前请求不一致，请核实后再试'),
  refundTooMuch: failure(400, 'INVALID_REQUEST', '申请退款金额大于订单可退金额'),
  refundTooLate: failure(400, 'INVALID_REQUEST', '订单已超过可退款的最大期限'),
  notEnough: failure(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起'),
  transferNotEnough: failure(403, 'NOT_ENOUGH', '资金不足，请充值后原单重试，请勿更换商户单号'),
  transferMismatch: failure(400, 'ALREADY_EXISTS', '单号已存在但信息不一致，请查单后比较确认'),
  transferOutOfLimits: failure(400, 'INVALID_REQUEST', '超过单笔转账上下限，核实产品设置是否准确'),
  transferNotCancellable: failure(400, 'INVALID_REQUEST', '当前单据状态不支持撤销'),
  transferNotFound: failure(404, 'NOT_FOUND', '记录不存在'),
  missingPlatformSerial: failure(400, 'PARAM_ERROR', '请求含加密字段，Http头缺少Wechatpay-Serial'),
  noStatement: failure(400, 'NO_STATEMENT_EXIST', '账单文件不存在'),
  statementCreating: failure(400, 'STATEMENT_CREATING', '账单生成中'),
  frequencyLimited: failure(429, 'FREQUENCY_LIMITED', '频率超限，请降低请求接口频率'),
  systemError: failure(500, 'SYSTEM_ERROR', '系统异常，请稍后重试'),
} as const satisfies Record<string, WechatFailure>;

/** How much of the request's body the refusal of a signature shows. */
const SHOWN_BODY_CHARACTERS = 8;

/** What the channel has verified, so that the caller can compare it with what was signed. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: string;
}

/** @param message the string that the signature has to cover */
export function signatureMismatch(request: SignedRequest, message: string): WechatFailure {
  const { method, url, timestamp, nonce, body } = request;
  return {
    status: 401,
    code: 'SIGN_ERROR',
    message: '错误的签名，验签失败',
    detail: {
      detail: { issue: 'sign not match' },
      field: 'signature',
      location: 'authorization',
      sign_information: {
        method,
        sign_message_length: Buffer.byteLength(message),
        truncated_sign_message: `${method}\n${url}\n${timestamp}\n${nonce}\n${body.slice(0, SHOWN_BODY_CHARACTERS)}\n`,
        url,
      },
    },
  };
}

/** Where a parameter stands. */
export type ParameterLocation = 'body' | 'query' | 'path';

/** @param field path of the parameter, `/amount/total` */
export function invalidParameter(
  location: ParameterLocation,
  field: string,
  issue: string,
  value?: unknown,
): WechatFailure {
  return {
    status: 400,
    code: 'PARAM_ERROR',
    message: `输入源“/${location}${field}”规则校验失败，${issue}`,
    detail: { field, issue, location, ...(value === undefined ? {} : { value }) },
  };
}

export function isFailure(value: object): value is WechatFailure {
  return 'status' in value && 'code' in value && 'message' in value;
}
