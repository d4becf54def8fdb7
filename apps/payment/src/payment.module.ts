import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import { OrderIds } from '#libs/orders';
import { Outbox } from '#libs/outbox';
import { PaymentChannelFactory } from '#libs/payments';
import { ArchiveConfig } from './archive/archive.config.js';
import { ARCHIVE_PROVIDERS } from './archive/archive.parts.js';
import { AttemptOpener } from './attempts/attempt-opener.js';
import { AttemptRepository } from './attempts/attempt.repository.js';
import { ChannelCalls } from './channels/channel-calls.js';
import { ChannelSwitches } from './channels/channel-switches.js';
import { ChannelsController } from './channels/channels.controller.js';
import { ConfiguredChannels, openChannels } from './channels/configured-channels.js';
import { TURNSTILE } from './channels/turnstile.provider.js';
import { ConflictsController } from './conflicts/conflicts.controller.js';
import { CreditSweep } from './credit/credit-sweep.js';
import { CreditController } from './credit/credit.controller.js';
import { CreditRepository } from './credit/credit.repository.js';
import { NotifiedOrders } from './notify/notified-orders.repository.js';
import { NotifyController } from './notify/notify.controller.js';
import { NotifyService } from './notify/notify.service.js';
import { OperationsController } from './operations/operations.controller.js';
import { OrderSearchRepository } from './operations/order-search.repository.js';
import { OFFER_CONTROLLERS, OFFER_PROVIDERS } from './offers/offers.parts.js';
import { OrderCache } from './orders/order-cache.js';
import { OrderChanges } from './orders/order-changes.js';
import { OrderShards } from './orders/order-shards.js';
import { OrderRepository } from './orders/order.repository.js';
import { PaymentMetrics } from './payment-metrics.js';
import { PaymentConfig, type PaymentEnvironment } from './payment.config.js';
import { AttemptSweep } from './query/attempt-sweep.js';
import { ChannelInquiry } from './query/channel-inquiry.js';
import { DueAttemptsRepository } from './query/due-attempts.repository.js';
import { DoubleSubmitInterceptor } from './recharges/double-submit.interceptor.js';
import { RechargeCloser } from './recharges/recharge-closer.js';
import { RechargeReader } from './recharges/recharge-reader.js';
import { RechargesController } from './recharges/recharges.controller.js';
import { RechargesService } from './recharges/recharges.service.js';
import { ReconciliationConfig } from './reconciliation/reconciliation.config.js';
import {
  RECONCILIATION_CONTROLLERS,
  RECONCILIATION_PROVIDERS,
} from './reconciliation/reconciliation.parts.js';
import { REFUND_CONTROLLERS, REFUND_PROVIDERS } from './refunds/refunds.parts.js';
import { SettlementRepository } from './settlement/settlement.repository.js';
import { SettlementService } from './settlement/settlement.service.js';
import { StoryController } from './story/story.controller.js';
import { StoryRepository } from './story/story.repository.js';
import { WebhookConfig } from './webhooks/webhook.config.js';
import { WEBHOOK_CONTROLLERS, WEBHOOK_PROVIDERS } from './webhooks/webhooks.parts.js';

const CHANNELS = [ChannelCalls, ChannelSwitches, ConfiguredChannels, TURNSTILE];
const ORDERS = [OrderRepository, OrderCache, OrderChanges, OrderSearchRepository, StoryRepository];
const PAYING = [
  AttemptRepository,
  AttemptOpener,
  RechargesService,
  RechargeReader,
  RechargeCloser,
  DoubleSubmitInterceptor,
];
const SETTLING = [
  NotifiedOrders,
  NotifyService,
  SettlementRepository,
  SettlementService,
  ChannelInquiry,
  DueAttemptsRepository,
  AttemptSweep,
  CreditRepository,
  CreditSweep,
];

@Module({
  controllers: [
    RechargesController,
    NotifyController,
    CreditController,
    ConflictsController,
    ChannelsController,
    OperationsController,
    StoryController,
    ...OFFER_CONTROLLERS,
    ...WEBHOOK_CONTROLLERS,
    ...REFUND_CONTROLLERS,
    ...RECONCILIATION_CONTROLLERS,
  ],
  providers: [
    PaymentMetrics,
    ...CHANNELS,
    ...ORDERS,
    ...PAYING,
    ...SETTLING,
    ...OFFER_PROVIDERS,
    ...WEBHOOK_PROVIDERS,
    ...REFUND_PROVIDERS,
    ...RECONCILIATION_PROVIDERS,
    ...ARCHIVE_PROVIDERS,
  ],
})
export class PaymentModule {
  static forRoot(environment: PaymentEnvironment): DynamicModule {
    const config = new PaymentConfig(environment);
    // Before anything else is opened: a key that can't be used is said at once.
    const accounts = openChannels(config);
    return {
      module: PaymentModule,
      providers: [
        { provide: PaymentConfig, useValue: config },
        { provide: ReconciliationConfig, useValue: new ReconciliationConfig(environment) },
        { provide: WebhookConfig, useFactory: () => new WebhookConfig(environment) },
        { provide: ArchiveConfig, useValue: new ArchiveConfig(environment) },
        { provide: PaymentChannelFactory, useFactory: () => new PaymentChannelFactory(accounts) },
        { provide: OrderIds, inject: [IdGenerator], useFactory: (ids: IdGenerator) => new OrderIds(ids) },
        {
          provide: OrderShards,
          inject: [Database, Outbox],
          // All shards share the service's own database until one of them is given a server of its own: here.
          useFactory: (database: Database, outbox: Outbox) => new OrderShards(() => ({ database, outbox })),
        },
      ],
    };
  }
}
