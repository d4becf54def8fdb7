import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { notifyContent, requestContent, signRsa2, spoilSignature, verifyRsa2 } from './signature.js';

/** A key made for this file, and a signature that OpenSSL made with its other half: `openssl dgst -sha256 -sign`. */
const PUBLIC_KEY = createPublicKey(`-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6SACcD1AU3i8RUZs738k
EmxfYa3jbDyu1oO8i51CtNFc58nOZftmtQ1nb6Qa3acaJsBTBNN2YgCIAc18mB3P
enVe6cZ+BN+kpH/9Yht0rQ883VSho2Z8eXAqg7V+z9rLHSsABuWUwASCPGbdxEqA
EEaOawsf9QzAyWtNg0Gskr7rGMNMd+0tO5UNPGfWALt2py1YwlI6Bxsk0ULPFLSE
jEc33ievKU1ULRduLviC91sExNEOH+jfGH5fNVDIXIFQiBoyRNKjG5hjlU5wU95Z
9WwSeDCSgyC08FYiRIrL64UN6z+0zaMjreDZ3knFWlGEWsa9C6ZBOm3OG3xNg+rT
JQIDAQAB
-----END PUBLIC KEY-----`);
const CONTENT = 'app_id=9021000000000001&charset=utf-8&subject=充值 50% & more&total_amount=50.00';
const OPENSSL_SIGNATURE =
  'JdQTp55xQzcOMc0plsFC3QCGeQdYujrJXOLnSX9GACLezzu/zSXB6bONm1MWjfO1R0LcYz3+BFSYA7MWSUvScUtmCY/ZGqpJlgclN0iIKv/jBQu9lZ6T27T5AVndQMvh0g/Vt2NRvzGAzvoguzonYwfc4AsB8NXWacJYrQsuj0X3hSIkfb9qeFXvC3rL+1jwe5hmILp5SIeHyax4dzqlgVyzHXSE63PSXxG0iIP40iUJrxHmNce7ESr5d/xyXIvneq8muNHVTRS8da4w32dqaLRZAzrVH5EV7wUo+AS2t7nUc6CsUe2MCXk0aPKyUy3lyEEWcp5Zqji7H6ilQb8pJA==';

describe('Alipay signatures', () => {
  it('of a request cover everything but sign, sorted by key, empty values dropped', () => {
    const parameters = new Map([
      ['version', '1.0'],
      ['sign', 'x'],
      ['notify_url', ''],
      ['app_id', '1'],
      ['biz_content', '{"a":"b=c&d"}'],
      ['sign_type', 'RSA2'],
    ]);

    expect(requestContent(parameters)).toBe('app_id=1&biz_content={"a":"b=c&d"}&sign_type=RSA2&version=1.0');
  });

  it('of a notify leave sign_type out as well, and keep empty values', () => {
    const parameters = new Map([
      ['trade_no', '2'],
      ['sign_type', 'RSA2'],
      ['body', ''],
      ['sign', 'x'],
    ]);

    expect(notifyContent(parameters)).toBe('body=&trade_no=2');
  });

  it('sort by the code of the characters, as Alipay does: capitals and the underscore before small letters', () => {
    const parameters = new Map(['ab', 'a_b', 'aB', 'a1'].map((key) => [key, 'x']));

    expect(requestContent(parameters)).toBe('a1=x&aB=x&a_b=x&ab=x');
  });

  it('are made with the private key and verified with the public one', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signature = await signRsa2(CONTENT, privateKey);

    expect(signature).toHaveLength(344);
    expect(verifyRsa2(CONTENT, signature, publicKey)).toBe(true);
    expect(verifyRsa2(CONTENT, signature, PUBLIC_KEY)).toBe(false);
  });

  it('made by OpenSSL are verified over the very bytes', () => {
    expect(verifyRsa2(CONTENT, OPENSSL_SIGNATURE, PUBLIC_KEY)).toBe(true);
    expect(verifyRsa2(`${CONTENT} `, OPENSSL_SIGNATURE, PUBLIC_KEY)).toBe(false);
  });

  it.each(['', 'AAAA', 'not base64 at all', '%%%'])(
    'that are none ("%s") verify as wrong and throw nothing',
    (signature) => {
      expect(verifyRsa2(CONTENT, signature, PUBLIC_KEY)).toBe(false);
    },
  );

  it('can be spoilt so that they keep their form', () => {
    const spoilt = spoilSignature(OPENSSL_SIGNATURE);

    expect(spoilt).toHaveLength(OPENSSL_SIGNATURE.length);
    expect(verifyRsa2(CONTENT, spoilt, PUBLIC_KEY)).toBe(false);
  });
});
