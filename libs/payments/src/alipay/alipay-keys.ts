import type { KeyObject } from 'node:crypto';
import { BadKeyError, isPublicHalfOf, readPrivateKey, readPublicKey } from '../rsa-key.js';
import { type TrustedCertificate, openCertificates } from './alipay-certificates.js';
import type { AlipayKeySettings } from './alipay-settings.js';

/** The keys of one application, checked, and which of Alipay's may have signed something. */
export interface AlipayKeys {
  readonly privateKey: KeyObject;
  /** What every call says in certificate mode, so that Alipay knows which of our certificates it is to use. */
  readonly callFields: Readonly<Record<string, string>>;
  /**
   * Alipay's keys that something may be signed with now.
   *
   * @param certificateSerial what it says that it is signed with; certificate mode only.
   */
  trusted(certificateSerial: string | undefined): readonly KeyObject[];
}

/**
 * Finds at start what would otherwise be found by the first buyer.
 *
 * @param where what a person looks for first, e.g. `account alipay-main: `.
 * @throws BadKeyError with a sentence that says which key is wrong and how.
 */
export function openAlipayKeys({ privateKey, theirs }: AlipayKeySettings, where = ''): AlipayKeys {
  const ours = readPrivateKey(privateKey, `${where}privateKeyFile`, 'our application private key');
  if (!('alipayPublicKeys' in theirs)) {
    const { appSerial, rootSerial, certificates } = openCertificates(theirs, ours, where);
    return {
      privateKey: ours,
      callFields: { app_cert_sn: appSerial, alipay_root_cert_sn: rootSerial },
      trusted: (serial) => keysOf(certificates, serial),
    };
  }
  const setting = `${where}alipayPublicKeyFiles`;
  const keys = theirs.alipayPublicKeys.map((text) => readPublicKey(text, setting, "Alipay's public key"));
  if (keys.length === 0) throw new BadKeyError(`${setting} names no file: Alipay's public key belongs there`);
  if (keys.some((key) => isPublicHalfOf(key, ours))) {
    throw new BadKeyError(
      `${setting} holds our own application public key: ` +
        "Alipay's public key belongs there (the console shows it after our own has been uploaded)",
    );
  }
  return { privateKey: ours, callFields: {}, trusted: () => keys };
}

function keysOf(certificates: readonly TrustedCertificate[], serial: string | undefined): KeyObject[] {
  const now = new Date();
  return certificates
    .filter((certificate) => serial === undefined || serial === '' || certificate.serial === serial)
    .filter(({ validFrom, validTo }) => validFrom <= now && now <= validTo)
    .map(({ publicKey }) => publicKey);
}
