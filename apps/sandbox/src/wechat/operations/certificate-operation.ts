import { encryptResource } from '../cipher.js';
import { WechatKeys } from '../wechat-keys.js';
import { formatRfc3339 } from '../wechat-time.js';
import type { Operation } from './operation.js';

/** `GET /v3/certificates`: the platform certificates, encrypted with the merchant's APIv3 key. */
export function certificatesOperation(keys: WechatKeys): Operation {
  return {
    name: 'GET /v3/certificates',
    subject: () => '',
    work: ({ merchant }) => ({
      status: 200,
      body: {
        data: keys.certificates.map((certificate) => ({
          effective_time: formatRfc3339(certificate.validFrom),
          encrypt_certificate: encryptResource(certificate.pem, 'certificate', merchant.apiV3Key),
          expire_time: formatRfc3339(certificate.validTo),
          serial_no: certificate.serialNo,
        })),
      },
    }),
  };
}
