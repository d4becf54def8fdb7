/** Alipay's plain keys: those that it signs with now, and those that it signed with before. */
export interface AlipayPlainKeys {
  /** Alipay's public keys for this application, PEM or bare base64; not our own. Several during a rotation. */
  readonly alipayPublicKeys: readonly string[];
}

/** Certificates, as Alipay's console gives them, PEM. */
export interface AlipayCertificates {
  /** Ours, issued by Alipay for our private key. */
  readonly appCertificate: string;
  /** Alipay's roots, several in one file. */
  readonly rootCertificates: string;
  /** Alipay's own, with their issuers; several during a rotation. */
  readonly alipayCertificates: readonly string[];
}

export interface AlipayKeySettings {
  /** Our application private key, PEM or bare base64. */
  readonly privateKey: string;
  readonly theirs: AlipayPlainKeys | AlipayCertificates;
}

export interface AlipaySettings extends AlipayKeySettings {
  readonly accountId: string;
  /** E.g. `https://openapi.alipay.com/gateway.do`. */
  readonly gatewayUrl: string;
  readonly appId: string;
  /** Alipay's number for the seller's account, 2088…; every notify must name it. */
  readonly sellerId: string;
  /** The contract's rate in hundredths of a percent: 60 = 0.6 %. */
  readonly feeBasisPoints: number;
  readonly timeoutMs?: number;
}
