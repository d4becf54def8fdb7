import type { KeyObject } from 'node:crypto';
import { BadKeyError, isPublicHalfOf, readPrivateKey, readPublicKey } from '../rsa-key.js';

export interface AlipaySettings {
  /** E.g. `https://openapi.alipay.com/gateway.do`. */
  readonly gatewayUrl: string;
  readonly appId: string;
  /** Alipay's number for the seller's account, 2088…; every notify must name it. */
  readonly sellerId: string;
  /** Our application private key, PEM or bare base64. */
  readonly privateKey: string;
  /** Alipay's public key for this application, not our own. */
  readonly alipayPublicKey: string;
  /** The contract's rate in hundredths of a percent: 60 = 0.6 %. */
  readonly feeBps: number;
  readonly timeoutMs?: number;
}

export interface AlipayKeys {
  readonly privateKey: KeyObject;
  readonly alipayPublicKey: KeyObject;
}

/**
 * Finds at start what would otherwise be found by the first buyer.
 *
 * @throws BadKeyError with a sentence that says which key is wrong and how.
 */
export function checkAlipayKeys(
  settings: Pick<AlipaySettings, 'privateKey' | 'alipayPublicKey'>,
): AlipayKeys {
  const privateKey = readPrivateKey(
    settings.privateKey,
    'ALIPAY_PRIVATE_KEY_FILE',
    'our application private key',
  );
  const alipayPublicKey = readPublicKey(
    settings.alipayPublicKey,
    'ALIPAY_PUBLIC_KEY_FILE',
    "Alipay's public key",
  );
  if (isPublicHalfOf(alipayPublicKey, privateKey)) {
    throw new BadKeyError(
      'ALIPAY_PUBLIC_KEY_FILE holds our own application public key: ' +
        "Alipay's public key belongs there (the console shows it after our own has been uploaded)",
    );
  }
  return { privateKey, alipayPublicKey };
}
