import { type KeyObject, X509Certificate } from 'node:crypto';
import { ChannelError } from '../channel-error.js';
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
  /**
   * What only WeChat Pay is to read is sealed with: the key that it is asked to sign with, or its newest certificate's.
   *
   * @throws ChannelError `NOT_DONE` when the last certificate has expired.
   */
  sealingKey(at: Date): SealingKey;
  /** The platform's key of that serial or id, if we have it and it is valid at that time. */
  platformKey(serial: string, at: Date): KeyObject | undefined;
}

/** A key of the platform, with the name that tells WeChat Pay which one it is. */
export interface SealingKey {
  readonly serial: string;
  readonly publicKey: KeyObject;
}

interface PlatformKey extends SealingKey {
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
    sealingKey: (at) => newestOf(keys.filter((key) => isValid(key, at))),
    platformKey: (serial, at) => {
      const key = bySerial.get(serial.toUpperCase());
      return key && isValid(key, at) ? key.publicKey : undefined;
    },
  };
}

function isValid({ validity }: PlatformKey, at: Date): boolean {
  return validity === undefined || (validity.from <= at && at <= validity.to);
}

/** Plain keys come before certificates: they don't end. */
function newestOf(keys: readonly PlatformKey[]): SealingKey {
  const startOf = ({ validity }: PlatformKey) => validity?.from.getTime() ?? Number.MAX_SAFE_INTEGER;
  const [newest] = [...keys].sort((a, b) => startOf(b) - startOf(a));
  if (newest) return newest;
  throw new ChannelError('NOT_DONE', 'NO_PLATFORM_KEY', "All of WeChat Pay's certificates here have expired");
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
