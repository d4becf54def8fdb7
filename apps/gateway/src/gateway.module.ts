import { Module } from '@nestjs/common';
import { AccountController } from './account/account.controller.js';
import { AdminController } from './admin/admin.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { HealthController } from './health/health.controller.js';
import { NotifyController } from './notify/notify.controller.js';
import { RechargesController } from './recharges/recharges.controller.js';
import { WalletController } from './wallet/wallet.controller.js';

@Module({
  controllers: [
    AuthController,
    AccountController,
    WalletController,
    RechargesController,
    NotifyController,
    AdminController,
    HealthController,
  ],
})
export class GatewayModule {}
