import { type KeyObject, X509Certificate } from 'node:crypto';
import { BadKeyError, isPublicHalfOf, readPrivateKey, readPublicKey } from '../rsa-key.js';
import type { WechatKeySettings } from './wechat-settings.js';

const API_V3_KEY_BYTES = 32;

/** The keys of one merchant, checked. */
export interface WechatKeys {
  readonly privateKey: KeyObject;
  /** The newest first. */
  readonly apiV3Keys: readonly Buffer[];
  /** What WeChat Pay is asked to sign its answers with; undefined leaves it to its newest certificate. */
  readonly announcedSerial: string | undefined;
  /** The platform's key of that serial or id, if we have it and it is valid at that time. */
  platformKey(serial: string, at: Date): KeyObject | undefined;
}

interface PlatformKey {
  readonly serial: string;
  readonly publicKey: KeyObject;
  /** Of certificates: plain keys end when they are taken out. */
  readonly validity?: { readonly from: Date; readonly to: Date };
}

/**
 * Finds at start what would otherwise be found by the first buyer. Keys by id and certificates by serial stand in one map,
 * so that a merchant is switched from one to the other without a notify lost.
 *
 * @param where what a person looks for first, e.g. `account wechat-main: `.
 * @throws BadKeyError with a sentence that says which key is wrong and how.
 */
export function openWechatKeys(settings: WechatKeySettings, where: string, now: Date): WechatKeys {
  const setting = `${where}merchantPrivateKeyFile`;
  const privateKey = readPrivateKey(settings.merchantPrivateKey, setting, "the merchant's private key");
  const apiV3Keys = [
    readApiV3Key(settings.apiV3Key, `${where}apiV3KeyFile`),
    ...settings.previousApiV3Keys.map((text) => readApiV3Key(text, `${where}previousApiV3KeyFiles`)),
  ];
  const keys = [
    ...settings.platformPublicKeys.map(({ id, publicKey }) =>
      openPublicKey(id, publicKey, `${where}platformPublicKeys (${id})`, privateKey),
    ),
    ...settings.platformCertificates.map((text) =>
      openCertificate(text, `${where}platformCertificateFiles`, privateKey),
    ),
  ];
  if (!keys.some((key) => isValid(key, now))) {
    throw new BadKeyError(
      `${where}platformPublicKeys and platformCertificateFiles hold nothing that is valid today: ` +
        "WeChat Pay's public key with its id, or its platform certificate, belongs there",
    );
  }
  const bySerial = new Map(keys.map((key) => [key.serial.toUpperCase(), key]));
  return {
    privateKey,
    apiV3Keys,
    announcedSerial: settings.platformPublicKeys[0]?.id,
    platformKey: (serial, at) => {
      const key = bySerial.get(serial.toUpperCase());
      return key && isValid(key, at) ? key.publicKey : undefined;
    },
  };
}

function isValid({ validity }: PlatformKey, at: Date): boolean {
  return validity === undefined || (validity.from <= at && at <= validity.to);
}

function readApiV3Key(text: string, setting: string): Buffer {
  // Editors end a file with a line feed, which is no part of the key.
  const key = Buffer.from(text.replace(/[\r\n]+$/, ''), 'utf8');
  if (key.length === API_V3_KEY_BYTES) return key;
  throw new BadKeyError(
    `${setting} holds ${key.length} bytes: the APIv3 key, of exactly ${API_V3_KEY_BYTES} bytes, belongs there`,
  );
}

function openPublicKey(
  serial: string,
  text: string,
  setting: string,
  merchantPrivateKey: KeyObject,
): PlatformKey {
  if (text.includes('CERTIFICATE')) {
    throw new BadKeyError(
      `${setting} holds a certificate: WeChat Pay's public key belongs there; certificates have a list of their own`,
    );
  }
  const publicKey = readPublicKey(text, setting, "WeChat Pay's public key");
  refuseOurs(publicKey, setting, merchantPrivateKey);
  return { serial, publicKey };
}

function openCertificate(text: string, setting: string, merchantPrivateKey: KeyObject): PlatformKey {
  const certificate = readCertificate(text, setting);
  const publicKey = readPublicKey(
    certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    setting,
    "WeChat Pay's platform certificate",
  );
  refuseOurs(publicKey, setting, merchantPrivateKey);
  const validity = { from: new Date(certificate.validFrom), to: new Date(certificate.validTo) };
  return { serial: certificate.serialNumber, publicKey, validity };
}

function readCertificate(text: string, setting: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    // Without the cause: it may quote what stands in the file.
    throw new BadKeyError(`${setting} holds no certificate that can be read: PEM belongs there`);
  }
}

function refuseOurs(publicKey: KeyObject, setting: string, merchantPrivateKey: KeyObject): void {
  if (!isPublicHalfOf(publicKey, merchantPrivateKey)) return;
  throw new BadKeyError(
    `${setting} holds the merchant's own key: WeChat Pay's belongs there ` +
      '(the merchant platform shows it under API security, apart from the merchant certificate)',
  );
}
