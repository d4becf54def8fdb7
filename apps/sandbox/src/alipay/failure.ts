/** A refusal in Alipay's words. It is the inner object of a reply as it stands. */
export interface AlipayFailure {
  readonly code: string;
  readonly msg: string;
  readonly sub_code: string;
  readonly sub_msg: string;
}

const MESSAGES = {
  '20000': 'Service Currently Unavailable',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40004': 'Business Failed',
  '40005': 'Call Limited',
} as const;

type Code = keyof typeof MESSAGES;

/** @param subCode what merchants tell apart */
export function failure(code: Code, subCode: string, subMsg: string): AlipayFailure {
  return { code, msg: MESSAGES[code], sub_code: subCode, sub_msg: subMsg };
}

/** Public parameters of the gateway (Alipay's table of common error codes). */
export const failures = {
  missingMethod: failure('40001', 'isv.missing-method', '缺少方法名参数'),
  missingAppId: failure('40001', 'isv.missing-app-id', '缺少appId参数'),
  missingSignature: failure('40001', 'isv.missing-signature', '缺少签名参数'),
  missingSignatureType: failure('40001', 'isv.missing-signature-type', '缺少签名类型参数'),
  missingTimestamp: failure('40001', 'isv.missing-timestamp', '缺少时间戳参数'),
  missingVersion: failure('40001', 'isv.missing-version', '缺少版本参数'),
  invalidAppId: failure('40002', 'isv.invalid-app-id', '无效的AppID参数'),
  invalidSignatureType: failure('40002', 'isv.invalid-signature-type', '无效的签名类型，沙箱仅支持RSA2'),
  invalidTimestamp: failure(
    '40002',
    'isv.invalid-timestamp',
    '非法的时间戳参数，格式应为yyyy-MM-dd HH:mm:ss',
  ),
  // Alipay lists no codes for these three: ours say what is wrong in its manner.
  missingAppCertificate: failure('40001', 'isv.missing-app-cert-sn', '缺少应用公钥证书序列号参数'),
  invalidAppCertificate: failure('40002', 'isv.invalid-app-cert-sn', '应用公钥证书序列号与应用不匹配'),
  invalidRootCertificate: failure('40002', 'isv.invalid-alipay-root-cert-sn', '支付宝根证书序列号不正确'),
  invalidCharset: failure('40002', 'isv.invalid-charset', '字符集错误，沙箱仅支持utf-8'),
  invalidFormat: failure('40002', 'isv.invalid-format', '无效的数据格式，仅支持JSON'),
  invalidMethod: failure('40002', 'isv.invalid-method', '不存在的方法名'),
  illegalJson: failure('40002', 'isv.illegal-json', 'biz_content不是合法的JSON对象'),
  /** What Alipay answers above its limit; to the caller the outcome is known: nothing was done. */
  callLimited: failure('40005', 'isv.app-call-limited', '应用调用次数超限，包含调用频率超限'),
  unavailable: failure('20000', 'isp.unknow-error', '服务暂不可用（业务系统不可用）'),
  systemError: failure('40004', 'ACQ.SYSTEM_ERROR', '系统错误'),
  tradeNotExist: failure('40004', 'ACQ.TRADE_NOT_EXIST', '交易不存在'),
  tradeHasSuccess: failure('40004', 'ACQ.TRADE_HAS_SUCCESS', '交易已被支付'),
  tradeHasClose: failure('40004', 'ACQ.TRADE_HAS_CLOSE', '交易已经关闭'),
  tradeStatusError: failure('40004', 'ACQ.TRADE_STATUS_ERROR', '交易状态不合法'),
  tradeHasFinished: failure('40004', 'ACQ.TRADE_HAS_FINISHED', '交易已结束'),
  refundTooMuch: failure('40004', 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限'),
  refundInconsistent: failure('40004', 'ACQ.DISCORDANT_REPEAT_REQUEST', '请求信息不一致'),
  refundNotAllowed: failure('40004', 'ACQ.TRADE_NOT_ALLOW_REFUND', '当前交易不允许退款'),
  sellerBalanceNotEnough: failure('40004', 'ACQ.SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足'),
  buyerNotExist: failure('40004', 'ACQ.BUYER_NOT_EXIST', '买家不存在'),
  /** Not written yet, or of a day of which there is none. */
  billNotExist: failure('40004', 'isp.bill_not_exist', '账单不存在'),
  contextInconsistent: failure('40004', 'ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改'),
  expiryPassed: failure('40004', 'ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR', '当前时间大于允许支付的时间'),
} as const satisfies Record<string, AlipayFailure>;

/** @param signContent what the gateway built from the request, as Alipay shows it, too; HTML-escaped, as there. */
export function invalidSignature(signContent: string): AlipayFailure {
  const shown = signContent.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return failure(
    '40002',
    'isv.invalid-signature',
    `验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为：${shown}`,
  );
}

export function invalidParameter(what: string): AlipayFailure {
  return failure('40004', 'ACQ.INVALID_PARAMETER', `参数无效：${what}`);
}

export function isFailure(value: object): value is AlipayFailure {
  return 'sub_code' in value;
}
