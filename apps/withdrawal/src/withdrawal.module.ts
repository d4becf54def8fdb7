import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Injectable,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Redis } from 'ioredis';
import { followAccountsFile, openTurnstile } from '#libs/channel-line';
import { PaymentChannelFactory, loadChannelAccounts } from '#libs/payments';
import { Log } from '#libs/service';
import { EventPublisher } from '#libs/transport';
import { Turnstile } from '#libs/turnstile';
import { Vault } from '#libs/vault';
import { BankBatchRepository } from './bank/bank-batch.repository.js';
import { BankController } from './bank/bank.controller.js';
import { BankService } from './bank/bank.service.js';
import {
  PAYOUT_ACCOUNT_CONTROLLERS,
  PAYOUT_ACCOUNT_PROVIDERS,
} from './payout-accounts/payout-accounts.parts.js';
import { PayoutAccountsConfig } from './payout-accounts/payout-accounts.config.js';
import { PayoutCalls } from './payouts/payout-calls.js';
import { PayoutProgress } from './payouts/payout-progress.js';
import { ReviewController } from './review/review.controller.js';
import { ReviewRepository } from './review/review.repository.js';
import { ReviewService } from './review/review.service.js';
import { WithdrawalConfig, type WithdrawalEnvironment } from './withdrawal.config.js';
import { BookingController } from './withdrawals/booking.controller.js';
import { OpenWithdrawals } from './withdrawals/open-withdrawals.js';
import { OwnerHistory } from './withdrawals/owner-history.repository.js';
import { Timeline } from './withdrawals/timeline.js';
import { WithdrawalProgress } from './withdrawals/withdrawal-progress.js';
import { WithdrawalSteps } from './withdrawals/withdrawal-steps.js';
import { WithdrawalSweep } from './withdrawals/withdrawal-sweep.js';
import { WithdrawalRepository } from './withdrawals/withdrawal.repository.js';
import { WithdrawalsController } from './withdrawals/withdrawals.controller.js';
import { WithdrawalsService } from './withdrawals/withdrawals.service.js';

/** Keeps our accounts at the channels as their file has them. */
@Injectable()
class ChannelAccounts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private followed: { stop(): void | Promise<void> } | undefined;

  constructor(
    private readonly factory: PaymentChannelFactory,
    private readonly turnstile: Turnstile,
    private readonly config: WithdrawalConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { factory, turnstile, log } = this;
    this.followed = followAccountsFile({ file: this.config.channelsFile, factory, turnstile, log });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.followed?.stop();
    await this.turnstile.close();
  }
}

@Module({
  controllers: [
    WithdrawalsController,
    BookingController,
    ReviewController,
    BankController,
    ...PAYOUT_ACCOUNT_CONTROLLERS,
  ],
  providers: [
    WithdrawalRepository,
    OwnerHistory,
    Timeline,
    WithdrawalSteps,
    WithdrawalsService,
    WithdrawalProgress,
    OpenWithdrawals,
    WithdrawalSweep,
    PayoutCalls,
    PayoutProgress,
    ReviewRepository,
    ReviewService,
    BankBatchRepository,
    BankService,
    ChannelAccounts,
    ...PAYOUT_ACCOUNT_PROVIDERS,
  ],
})
export class WithdrawalModule {
  static forRoot(environment: WithdrawalEnvironment): DynamicModule {
    const config = new WithdrawalConfig(environment);
    // Before anything else is opened: a key that can't be used is said at once.
    const accounts = loadChannelAccounts(config.channelsFile);
    const payoutAccounts = new PayoutAccountsConfig(environment);
    const vault = new Vault(payoutAccounts.keysFile);
    return {
      module: WithdrawalModule,
      providers: [
        { provide: WithdrawalConfig, useValue: config },
        { provide: PayoutAccountsConfig, useValue: payoutAccounts },
        { provide: Vault, useValue: vault },
        { provide: PaymentChannelFactory, useFactory: () => new PaymentChannelFactory(accounts) },
        {
          provide: Turnstile,
          inject: [Redis, PaymentChannelFactory, EventPublisher, Log],
          useFactory: (redis: Redis, channels: PaymentChannelFactory, events: EventPublisher, log: Log) =>
            openTurnstile({ redis, channels, events, log }),
        },
      ],
    };
  }
}
