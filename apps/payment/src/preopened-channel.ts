import type {
  ChannelTrade,
  NotifyReply,
  NotifyVerdict,
  PayCredential,
  PaymentChannel,
  PrepayRequest,
  RawNotify,
} from '#libs/payments';

/**
 * For the sandbox only. A page payment comes into being when the buyer's browser opens the signed URL; until then the
 * channel has never heard of it. This opens every URL right away, as a very quick buyer would, so that the sandbox's
 * control API can pay any order as soon as it has been made.
 */
export class PreopenedChannel implements PaymentChannel {
  readonly name;
  readonly capabilities;
  readonly notifyAccepted: NotifyReply;

  constructor(private readonly inner: PaymentChannel) {
    this.name = inner.name;
    this.capabilities = inner.capabilities;
    this.notifyAccepted = inner.notifyAccepted;
  }

  async prepay(request: PrepayRequest): Promise<PayCredential> {
    const credential = await this.inner.prepay(request);
    // A page that can't be opened now can still be opened by the buyer: no reason to refuse the order.
    if (credential.payUrl !== null) {
      await fetch(credential.payUrl, { signal: AbortSignal.timeout(2_000) })
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
    }
    return credential;
  }

  query(outTradeNo: string): Promise<ChannelTrade> {
    return this.inner.query(outTradeNo);
  }

  close(outTradeNo: string): Promise<ChannelTrade> {
    return this.inner.close(outTradeNo);
  }

  verifyNotify(notify: RawNotify): NotifyVerdict {
    return this.inner.verifyNotify(notify);
  }

  notifyRefused(message: string): NotifyReply {
    return this.inner.notifyRefused(message);
  }

  feeOf(amount: bigint): bigint {
    return this.inner.feeOf(amount);
  }
}
