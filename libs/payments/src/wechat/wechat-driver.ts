import { driver } from '../channel-driver.js';
import { WechatChannel } from './wechat-channel.js';
import { wechatFileSettings } from './wechat-settings.js';

export const wechatDriver = driver({
  name: 'wechat',
  settings: wechatFileSettings,
  open: (settings, { accountId, readFile }) => {
    const { baseUrl, mchid, appid, feeBasisPoints, timeoutMs, merchantCertificateSerial } = settings;
    return new WechatChannel({
      accountId,
      baseUrl,
      mchid,
      appid,
      feeBasisPoints,
      timeoutMs,
      merchantCertificateSerial,
      transferScene: { id: settings.transferSceneId, reportInfos: settings.transferSceneReportInfos },
      merchantPrivateKey: readFile(settings.merchantPrivateKeyFile, 'merchantPrivateKeyFile'),
      apiV3Key: readFile(settings.apiV3KeyFile, 'apiV3KeyFile'),
      previousApiV3Keys: settings.previousApiV3KeyFiles.map((name) =>
        readFile(name, 'previousApiV3KeyFiles'),
      ),
      platformPublicKeys: settings.platformPublicKeys.map(({ id, file }) => ({
        id,
        publicKey: readFile(file, `platformPublicKeys (${id})`),
      })),
      platformCertificates: settings.platformCertificateFiles.map((name) =>
        readFile(name, 'platformCertificateFiles'),
      ),
    });
  },
});
