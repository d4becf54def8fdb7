import type { Provider, Type } from '@nestjs/common';
import { BillDownloads } from './bill-downloads.js';
import { NotifySigning } from './notify-signing.js';
import { BillOperations } from './operations/bill-operations.js';
import { OrderOperations } from './operations/order-operations.js';
import { RefundOperations } from './operations/refund-operations.js';
import { TransferOperations } from './operations/transfer-operations.js';
import { PayeePagesController } from './payee-pages.controller.js';
import { PrepayBook } from './prepay-book.js';
import { WechatRefundNotify } from './refund-notify.js';
import { WechatApiController } from './wechat-api.controller.js';
import { WechatApi } from './wechat-api.service.js';
import { WechatChannel } from './wechat-channel.js';
import { WechatControlController } from './wechat-control.controller.js';
import { WechatKeys } from './wechat-keys.js';
import { WechatMerchants, type WechatMerchantEntry } from './wechat-merchants.js';
import { WechatNotify } from './wechat-notify.js';
import { WechatPagesController } from './wechat-pages.controller.js';

/** What WeChat Pay adds to the sandbox. */
export interface WechatParts {
  readonly controllers: Type[];
  readonly providers: Provider[];
}

/**
 * Reads WeChat Pay's keys, or makes them, and the merchants' keys.
 *
 * @throws BadConfigurationError for merchants' keys that can't be used.
 */
export async function loadWechat(
  dataDir: string,
  merchants: readonly WechatMerchantEntry[],
): Promise<WechatParts> {
  return {
    controllers: [WechatApiController, WechatPagesController, PayeePagesController, WechatControlController],
    providers: [
      { provide: WechatMerchants, useValue: await WechatMerchants.load(merchants) },
      { provide: WechatKeys, useValue: await WechatKeys.load(dataDir) },
      PrepayBook,
      NotifySigning,
      OrderOperations,
      RefundOperations,
      TransferOperations,
      BillDownloads,
      BillOperations,
      WechatApi,
      WechatNotify,
      WechatRefundNotify,
      WechatChannel,
    ],
  };
}
