import { Health, Log, Metrics, ServiceModule } from '#libs/service';
import { SessionStore } from '#libs/sessions';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { Redis } from 'ioredis';
import { AccessGuard } from './access/access.guard.js';
import { AccessTokens } from './access/access-tokens.js';
import { Authenticator } from './access/authenticator.js';
import { RateLimits } from './access/rate-limits.js';
import { StepUpTokens } from './access/step-up-tokens.js';
import { AccountController } from './account/account.controller.js';
import { AdminController } from './admin/admin.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { EarningsController } from './earnings/earnings.controller.js';
import { EndpointInterceptor } from './endpoint/endpoint.interceptor.js';
import { GatewayConfig } from './gateway.config.js';
import { HealthController } from './health/health.controller.js';
import { ServiceChecks } from './health/service-checks.js';
import { ConsolePages } from './http/console-pages.js';
import { UnmatchedRequests } from './http/unmatched-requests.js';
import { AdjustmentsController } from './ledger/adjustments.controller.js';
import { CheckerController } from './ledger/checker.controller.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { OffersController } from './offers/offers.controller.js';
import { ChannelsController } from './operations/channels.controller.js';
import { OrdersController } from './operations/orders.controller.js';
import { ReconciliationsController } from './operations/reconciliations.controller.js';
import { NotifyController } from './notify/notify.controller.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { PageResume } from './push/page-resume.js';
import { PushController } from './push/push.controller.js';
import { PushServer } from './push/push.server.js';
import { RechargesController } from './recharges/recharges.controller.js';
import { RefundsController } from './refunds/refunds.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { AnyTransferController } from './wallet/any-transfer.controller.js';
import { StatementDownload } from './wallet/statement-download.js';
import { TransferCauses } from './wallet/transfer-causes.js';
import { WalletController } from './wallet/wallet.controller.js';
import { BankBatchesController } from './withdrawals/bank-batches.controller.js';
import { PayoutAccountsController } from './withdrawals/payout-accounts.controller.js';
import { WithdrawalReviewController } from './withdrawals/review.controller.js';
import { WithdrawalsController } from './withdrawals/withdrawals.controller.js';

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
}

@Module({
  controllers: [
    AuthController,
    AccountController,
    WalletController,
    AnyTransferController,
    RechargesController,
    NotifyController,
    RefundsController,
    OffersController,
    WebhooksController,
    AdminController,
    OrdersController,
    ChannelsController,
    ReconciliationsController,
    AdjustmentsController,
    LedgerController,
    CheckerController,
    EarningsController,
    PayoutAccountsController,
    WithdrawalsController,
    WithdrawalReviewController,
    BankBatchesController,
    HealthController,
    PushController,
  ],
  providers: [
    Authenticator,
    ConsolePages,
    PageResume,
    StatementDownload,
    TransferCauses,
    PushServer,
    RateLimits,
    ServiceChecks,
    UnmatchedRequests,
    { provide: SessionStore, useFactory: (redis: Redis) => new SessionStore(redis), inject: [Redis] },
    {
      provide: AccessTokens,
      useFactory: ({ environment }: GatewayConfig) =>
        AccessTokens.fromKeyFile(environment.SESSION_PUBLIC_KEY_FILE),
      inject: [GatewayConfig],
    },
    {
      provide: StepUpTokens,
      useFactory: ({ environment }: GatewayConfig) =>
        StepUpTokens.fromKeyFile(environment.SESSION_PUBLIC_KEY_FILE),
      inject: [GatewayConfig],
    },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: EndpointInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class GatewayModule {
  static forRoot({ config, log, metrics, health }: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      imports: [ServiceModule.forRoot({ log, metrics, health, redisUrl: config.environment.REDIS_URL })],
      providers: [{ provide: GatewayConfig, useValue: config }],
    };
  }
}
