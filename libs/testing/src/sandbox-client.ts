/** How the merchant hears of a payment. */
export type NotifyMode = 'normal' | 'never' | 'late' | 'duplicate' | 'tampered' | 'outOfOrder';

export interface PayOptions {
  readonly notify?: NotifyMode;
  /** What the buyer really pays, in yuan; what was asked for unless told. */
  readonly amount?: string;
  /** Before the first notify. */
  readonly delayMs?: number;
  /** When the channel says that it was paid; ISO 8601, now unless told. */
  readonly paidAt?: string;
  /** TRADE_FINISHED in the place of TRADE_SUCCESS. */
  readonly finished?: boolean;
}

/** The channel's truth of a trade. */
export interface SandboxTrade {
  readonly outTradeNo: string;
  /** The channel's own number; null for a QR code that nobody has scanned. */
  readonly tradeNo: string | null;
  readonly status: 'NOT_SCANNED' | 'WAITING' | 'PAID' | 'FINISHED' | 'CLOSED';
  readonly amount: string;
  readonly paidAmount?: string | null;
  readonly closedAt?: string | null;
  readonly closedBy?: 'merchant' | 'expiry' | null;
  readonly notifyUrl?: string | null;
  readonly queries?: number;
  readonly notifies: readonly SandboxNotify[];
}

export interface SandboxNotify {
  readonly notifyId: string;
  readonly event: string;
  readonly tampered: boolean;
  readonly state: 'PENDING' | 'DELIVERED' | 'EXHAUSTED';
  readonly deliveries: readonly { readonly status: number | null; readonly answer: string }[];
}

/** The channel's truth of a refund. */
export interface SandboxRefund {
  readonly outRefundNo: string;
  readonly outTradeNo: string;
  readonly channel: 'alipay' | 'wechat';
  readonly status: 'PROCESSING' | 'SUCCEEDED' | 'ABNORMAL' | 'CLOSED';
  readonly amount: string;
  readonly settledAt: string | null;
}

/** Trouble by its name in the sandbox (`paidAfterClose`, `notifyNever` …) and how often, or how likely. */
export type Faults = Readonly<Record<string, number>>;

interface Payable {
  readonly outTradeNo: string;
  readonly payUrl: string | null;
}

/** The simulated channel from outside: what a buyer does, and what trouble is ordered. */
export class SandboxClient {
  constructor(private readonly url: string) {}

  /** What the buyer's browser does with a payUrl. The trade begins to exist at the channel by this. */
  async open(payUrl: string): Promise<void> {
    const response = await fetch(payUrl);
    const page = await response.text();
    if (!response.ok)
      throw new Error(`The sandbox answered ${response.status} to the payUrl: ${page.slice(0, 500)}`);
  }

  /** Pays as the buyer; the payUrl is opened, or the code scanned, if that was not done before. */
  pay({ outTradeNo, payUrl }: Payable, options: PayOptions = {}): Promise<SandboxTrade> {
    return this.post(`/control/trades/${outTradeNo}/pay`, {
      ...options,
      ...(payUrl === null ? {} : { payUrl }),
    });
  }

  async trade(outTradeNo: string): Promise<SandboxTrade> {
    const response = await fetch(`${this.url}/control/trades/${outTradeNo}`);
    return (await answerOf(response)) as SandboxTrade;
  }

  async refund(outRefundNo: string): Promise<SandboxRefund> {
    return (await answerOf(await fetch(`${this.url}/control/refunds/${outRefundNo}`))) as SandboxRefund;
  }

  /** Ends a refund that the channel keeps in process. */
  settleRefund(
    outRefundNo: string,
    state: Exclude<SandboxRefund['status'], 'PROCESSING'>,
    /** When the channel says that it was asked for; ISO 8601. */
    requestedAt?: string,
  ): Promise<SandboxRefund> {
    return this.post(`/control/refunds/${outRefundNo}/settle`, { state, requestedAt });
  }

  /** Trouble for one trade, each kind as many times as told; the trade need not exist yet. */
  order(outTradeNo: string, faults: Faults): Promise<unknown> {
    return this.post(`/control/trades/${outTradeNo}/faults`, { faults });
  }

  /** Random trouble, the same for the same seed. */
  trouble(seed: string, rates: Faults): Promise<unknown> {
    return this.post('/control/faults', { seed, rates });
  }

  /** No trouble any more. */
  async peace(): Promise<void> {
    await fetch(`${this.url}/control/faults`, { method: 'DELETE' });
  }

  /** Sends notifies of one's own making, signed by the channel unless told otherwise, and tells how each was answered. */
  async notify(
    outTradeNo: string,
    order: {
      readonly fields?: Readonly<Record<string, string>>;
      readonly signature?: 'valid' | 'wrong' | 'missing';
      /** What else is wrong with it, in the sandbox's words: `truncated-ciphertext`, `sign-test` … */
      readonly malform?: string;
      readonly count?: number;
    } = {},
  ): Promise<
    readonly { readonly status: number | null; readonly answer: string; readonly accepted: boolean }[]
  > {
    const { deliveries } = await this.post<{
      deliveries: { status: number | null; answer: string; accepted: boolean }[];
    }>(`/control/trades/${outTradeNo}/notifies`, order);
    return deliveries;
  }

  private async post<Answer>(path: string, body: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answerOf(response)) as Answer;
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${response.url}: ${text}`);
  return JSON.parse(text);
}
