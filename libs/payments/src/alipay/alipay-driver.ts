import { z } from 'zod';
import { driver } from '../channel-driver.js';
import { AlipayChannel } from './alipay-channel.js';

const file = z.string().min(1);

const settings = z
  .strictObject({
    /** E.g. `https://openapi.alipay.com/gateway.do`. */
    gatewayUrl: z.url(),
    appId: z.string().min(1),
    /** Alipay's number for the seller's account, 2088…; every notify must name it. */
    sellerId: z.string().min(1),
    /** The contract's rate in hundredths of a percent: 60 = 0.6 %. */
    feeBasisPoints: z.number().int().min(0).max(10_000).default(60),
    /** How long an answer is waited for; what was asked is then of unknown outcome. */
    timeoutMs: z.number().int().min(1_000).max(60_000).default(5_000),
    privateKeyFile: file,
    alipayPublicKeyFiles: z.array(file).min(1).optional(),
    certificates: z
      .strictObject({ appCertFile: file, alipayRootCertFile: file, alipayCertFiles: z.array(file).min(1) })
      .optional(),
  })
  .refine(
    ({ alipayPublicKeyFiles, certificates }) =>
      (alipayPublicKeyFiles === undefined) !== (certificates === undefined),
    { path: ['alipayPublicKeyFiles'], message: 'either this or certificates has to be there, and not both' },
  );

export const alipayDriver = driver({
  name: 'alipay',
  settings,
  open: ({ alipayPublicKeyFiles, certificates, privateKeyFile, ...plain }, { accountId, readFile }) => {
    const readAll = (names: readonly string[], setting: string) =>
      names.map((name) => readFile(name, setting));
    return new AlipayChannel({
      ...plain,
      accountId,
      privateKey: readFile(privateKeyFile, 'privateKeyFile'),
      theirs: certificates
        ? {
            appCertificate: readFile(certificates.appCertFile, 'certificates.appCertFile'),
            rootCertificates: readFile(certificates.alipayRootCertFile, 'certificates.alipayRootCertFile'),
            alipayCertificates: readAll(certificates.alipayCertFiles, 'certificates.alipayCertFiles'),
          }
        : { alipayPublicKeys: readAll(alipayPublicKeyFiles ?? [], 'alipayPublicKeyFiles') },
    });
  },
});
