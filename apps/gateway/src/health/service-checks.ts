import { identity, payment, wallet, withdrawal } from '#libs/contracts';
import { Health } from '#libs/service';
import { RpcClient } from '#libs/transport';
import { Injectable, type OnModuleInit } from '@nestjs/common';

const PINGS = {
  identity: identity.ping,
  payment: payment.ping,
  wallet: wallet.ping,
  withdrawal: withdrawal.ping,
};
const PING_TIMEOUT_MS = 1_500;

/** The gateway is ready when every service answers; Redis checks itself, where its connection is made. */
@Injectable()
export class ServiceChecks implements OnModuleInit {
  constructor(
    private readonly health: Health,
    private readonly services: RpcClient,
  ) {}

  onModuleInit(): void {
    for (const [service, ping] of Object.entries(PINGS)) {
      this.health.register(service, () => this.services.call(ping, {}, { timeoutMs: PING_TIMEOUT_MS }));
    }
  }
}
