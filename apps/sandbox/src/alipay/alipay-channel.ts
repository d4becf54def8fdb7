import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Channels, type Channel, type Refusal } from '../channel/channels.js';
import { queryOf } from '../http/form.js';
import type { Trade } from '../trade/trade.js';
import { AlipayApplications } from './alipay-applications.js';
import { AlipayNotify } from './alipay-notify.js';
import { newTradeNo } from './alipay-words.js';
import { failures, type AlipayFailure } from './failure.js';
import { AlipayGateway } from './gateway.service.js';
import { AlipayReturnUrl } from './return-url.js';
import { TRANSFER_FAILURES } from './transfer-failure.js';

/** Alipay's pages name the code without the side that is to blame: `isv.invalid-signature` → `invalid-signature`. */
export function refusalOf(failure: AlipayFailure): Refusal {
  // The message comes escaped for HTML already, also in JSON; the page does that by itself.
  const reason = failure.sub_msg.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
  return { code: failure.sub_code.replace(/^isv\./, ''), reason };
}

/** Alipay, as the channel-neutral parts see it. */
@Injectable()
export class AlipayChannel implements Channel, OnModuleInit {
  readonly name = 'alipay';
  readonly newTradeNo = newTradeNo;
  readonly expired = refusalOf(failures.expiryPassed);
  readonly transferFailures = TRANSFER_FAILURES;

  constructor(
    private readonly channels: Channels,
    readonly notify: AlipayNotify,
    private readonly gateway: AlipayGateway,
    private readonly returnUrl: AlipayReturnUrl,
    private readonly applications: AlipayApplications,
  ) {}

  onModuleInit(): void {
    this.channels.register(this);
  }

  accounts(): readonly string[] {
    return this.applications.all().map(({ appId }) => appId);
  }

  returnUrlOf(trade: Trade): Promise<string | undefined> {
    return this.returnUrl.of(trade);
  }

  async openPayUrl(url: URL): Promise<Trade | Refusal | undefined> {
    if (!url.pathname.endsWith('/gateway.do')) return undefined;
    const answer = await this.gateway.openPage(queryOf(url.href));
    return answer.type === 'cashier' ? answer.trade : refusalOf(answer.failure);
  }
}
