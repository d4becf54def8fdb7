import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import { OrderIds } from '#libs/orders';
import { Outbox } from '#libs/outbox';
import { type PaymentChannel, PaymentChannelFactory } from '#libs/payments';
import { ConflictsController } from './conflicts/conflicts.controller.js';
import { CreditSweep } from './credit/credit-sweep.js';
import { CreditController } from './credit/credit.controller.js';
import { CreditRepository } from './credit/credit.repository.js';
import { NotifyController } from './notify/notify.controller.js';
import { NotifyService } from './notify/notify.service.js';
import { OrderCache } from './orders/order-cache.js';
import { OrderChanges } from './orders/order-changes.js';
import { OrderShards } from './orders/order-shards.js';
import { OrderRepository } from './orders/order.repository.js';
import { PaymentMetrics } from './payment-metrics.js';
import { PaymentConfig } from './payment.config.js';
import { AttemptSweep } from './query/attempt-sweep.js';
import { ChannelInquiry } from './query/channel-inquiry.js';
import { DueAttemptsRepository } from './query/due-attempts.repository.js';
import { DoubleSubmitInterceptor } from './recharges/double-submit.interceptor.js';
import { RechargeCloser } from './recharges/recharge-closer.js';
import { RechargeReader } from './recharges/recharge-reader.js';
import { RechargesController } from './recharges/recharges.controller.js';
import { RechargesService } from './recharges/recharges.service.js';
import { SettlementRepository } from './settlement/settlement.repository.js';
import { SettlementService } from './settlement/settlement.service.js';

@Module({
  controllers: [RechargesController, NotifyController, CreditController, ConflictsController],
  providers: [
    OrderRepository,
    OrderCache,
    OrderChanges,
    RechargesService,
    RechargeReader,
    RechargeCloser,
    DoubleSubmitInterceptor,
    NotifyService,
    SettlementRepository,
    SettlementService,
    ChannelInquiry,
    DueAttemptsRepository,
    AttemptSweep,
    CreditRepository,
    CreditSweep,
    PaymentMetrics,
  ],
})
export class PaymentModule {
  static forRoot(config: PaymentConfig, channels: readonly PaymentChannel[]): DynamicModule {
    return {
      module: PaymentModule,
      providers: [
        { provide: PaymentConfig, useValue: config },
        { provide: PaymentChannelFactory, useFactory: () => new PaymentChannelFactory(channels) },
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
