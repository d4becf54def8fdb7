import { Module, type DynamicModule } from '@nestjs/common';
import { Health, Log, Metrics } from '#libs/service';
import { AlipayChannel } from './alipay/alipay-channel.js';
import { AlipayBillDownloadsController } from './alipay/bill-downloads.controller.js';
import { AlipayBillDownloads } from './alipay/bill-downloads.js';
import { AlipayApplications } from './alipay/alipay-applications.js';
import { AlipayKeys } from './alipay/alipay-keys.js';
import { AlipayNotify } from './alipay/alipay-notify.js';
import { AlipayCloseNotify } from './alipay/close-notify.js';
import { AlipayGatewayController } from './alipay/gateway.controller.js';
import { AlipayGateway } from './alipay/gateway.service.js';
import { AlipayTransfers } from './alipay/methods/transfer.js';
import { AlipayReturnUrl } from './alipay/return-url.js';
import { BillDesk } from './bill/bill-desk.js';
import { Buyer } from './buyer/buyer.js';
import { CashierController } from './cashier/cashier.controller.js';
import { Channels } from './channel/channels.js';
import { SandboxConfig } from './config.js';
import { FaultsController } from './control/faults.controller.js';
import { BillsController } from './control/bills.controller.js';
import { MerchantAccountsController } from './control/merchant-accounts.controller.js';
import { PayeesController } from './control/payees.controller.js';
import { RefundsController } from './control/refunds.controller.js';
import { TradesController } from './control/trades.controller.js';
import { TransfersController } from './control/transfers.controller.js';
import { Faults } from './faults/faults.js';
import { HealthController } from './health/health.controller.js';
import { PublicAddress } from './http/public-address.js';
import { Journal } from './journal/journal.js';
import { NotifyQueue } from './notify/notify-queue.js';
import { NotifySender } from './notify/notify-sender.js';
import { StatisticsController } from './stats/statistics.controller.js';
import { Statistics } from './stats/statistics.js';
import { RefundBook } from './refund/refund-book.js';
import { QrCodes } from './trade/qr-codes.js';
import { TradeBook } from './trade/trade-book.js';
import { MerchantAccounts } from './transfer/merchant-accounts.js';
import { Payees } from './transfer/payees.js';
import { TransferBook } from './transfer/transfer-book.js';
import { TransferCourses } from './transfer/transfer-course.js';
import type { WechatParts } from './wechat/wechat-parts.js';

/** What has to be read or made before the app can be put together. */
export interface SandboxParts {
  readonly config: SandboxConfig;
  readonly log: Log;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly journal: Journal;
  readonly alipayKeys: AlipayKeys;
  readonly applications: AlipayApplications;
  readonly wechat: WechatParts;
}

@Module({})
export class SandboxModule {
  static forRoot(parts: SandboxParts): DynamicModule {
    return {
      module: SandboxModule,
      controllers: [
        AlipayGatewayController,
        AlipayBillDownloadsController,
        CashierController,
        TradesController,
        RefundsController,
        TransfersController,
        PayeesController,
        MerchantAccountsController,
        BillsController,
        FaultsController,
        StatisticsController,
        HealthController,
        ...parts.wechat.controllers,
      ],
      providers: [
        { provide: SandboxConfig, useValue: parts.config },
        { provide: Log, useValue: parts.log },
        { provide: Health, useValue: parts.health },
        { provide: Metrics, useValue: parts.metrics },
        { provide: Journal, useValue: parts.journal },
        { provide: AlipayKeys, useValue: parts.alipayKeys },
        { provide: AlipayApplications, useValue: parts.applications },
        PublicAddress,
        Statistics,
        Faults,
        Channels,
        TradeBook,
        RefundBook,
        BillDesk,
        MerchantAccounts,
        Payees,
        TransferCourses,
        TransferBook,
        QrCodes,
        NotifySender,
        NotifyQueue,
        Buyer,
        AlipayNotify,
        AlipayReturnUrl,
        AlipayBillDownloads,
        AlipayTransfers,
        AlipayGateway,
        AlipayChannel,
        AlipayCloseNotify,
        ...parts.wechat.providers,
      ],
    };
  }
}
