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

/** The channel's truth of money that went out. */
export interface SandboxTransfer {
  readonly outTransferNo: string;
  readonly channel: 'alipay' | 'wechat';
  /** The application at Alipay, the merchant at WeChat Pay. */
  readonly account: string;
  readonly transferNo: string;
  readonly status: SandboxTransferStatus;
  readonly amount: string;
  readonly payeeAccount: string;
  readonly payeeName: string | null;
  readonly remark: string;
  readonly failure: SandboxFailure | null;
  readonly createdAt: string;
  readonly paidAt: string | null;
  readonly returnedAt: string | null;
  /** Where it goes by itself; `at` is null when it waits to be told. */
  readonly next: { readonly status: SandboxTransferStatus; readonly at: string | null } | null;
  /** The page on which the payee takes the money, while that is waited for. */
  readonly confirmPath: string | null;
}

/** Money of ours at a channel. */
export interface SandboxMerchantAccount {
  readonly channel: 'alipay' | 'wechat';
  readonly account: string;
  /** In yuan. */
  readonly balance: string;
  /** Of one transfer. */
  readonly limit: string | null;
}

export type SandboxTransferStatus =
  | 'PROCESSING'
  | 'AWAITS_PAYEE'
  | 'TRANSFERRING'
  | 'CANCELLING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELLED'
  | 'RETURNED';

/** Why, in the channel's words: `PAYEE_NOT_EXIST`, `OVERDUE_CLOSE` … */
export interface SandboxFailure {
  readonly code: string;
  readonly message?: string;
}

/** How a transfer ends; as it would go by itself when nothing is told. */
export type TransferVerdict =
  | { readonly state?: never }
  /** `paidAt`: when the channel says that it arrived; ISO 8601, now unless told. */
  | { readonly state: 'SUCCEEDED'; readonly paidAt?: string }
  | { readonly state: 'FAILED'; readonly failure?: SandboxFailure };

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

  /** Trouble for one trade or transfer, each kind as many times as told; it need not exist yet. */
  order(outTradeNo: string, faults: Faults): Promise<unknown> {
    return this.post(`/control/trades/${outTradeNo}/faults`, { faults });
  }

  async transfer(outTransferNo: string): Promise<SandboxTransfer> {
    return (await answerOf(await fetch(`${this.url}/control/transfers/${outTransferNo}`))) as SandboxTransfer;
  }

  /** Everything that the channels were asked to pay out, newest first. */
  async transfers(filter: { readonly status?: SandboxTransferStatus } = {}): Promise<SandboxTransfer[]> {
    const all: SandboxTransfer[] = [];
    const query = new URLSearchParams({ ...filter, limit: '500' });
    for (;;) {
      const response = await fetch(`${this.url}/control/transfers?${query.toString()}`);
      const page = (await answerOf(response)) as { items: SandboxTransfer[]; nextCursor: string | null };
      all.push(...page.items);
      if (page.nextCursor === null) return all;
      query.set('cursor', page.nextCursor);
    }
  }

  /** Ends what the channel keeps in process, what nobody knows of, and what waits for its payee. */
  settleTransfer(outTransferNo: string, verdict: TransferVerdict = {}): Promise<SandboxTransfer> {
    return this.post(`/control/transfers/${outTransferNo}/settle`, verdict);
  }

  /** Lets money come back that had arrived. @param returnedAt ISO 8601, now unless told */
  returnTransfer(
    outTransferNo: string,
    how: { readonly returnedAt?: string; readonly failure?: SandboxFailure } = {},
  ): Promise<SandboxTransfer> {
    return this.post(`/control/transfers/${outTransferNo}/return`, how);
  }

  /** What the payee does in WeChat. */
  confirmTransfer(outTransferNo: string): Promise<SandboxTransfer> {
    return this.post(`/control/transfers/${outTransferNo}/confirm`, {});
  }

  /** Without this any account exists, and any name is its right one. */
  setPayee(payee: {
    readonly channel: 'alipay' | 'wechat';
    readonly account: string;
    readonly name?: string;
    readonly exists?: boolean;
  }): Promise<unknown> {
    return this.send('PUT', '/control/payees', payee);
  }

  /** Our own money at each channel, which transfers are paid from. */
  async merchantAccounts(): Promise<readonly SandboxMerchantAccount[]> {
    const response = await fetch(`${this.url}/control/merchant-accounts`);
    return ((await answerOf(response)) as { items: SandboxMerchantAccount[] }).items;
  }

  /** @param account the application's id or the merchant's number; amounts in yuan, a limit of null for none */
  setMerchantAccount(
    account: string,
    settings: { readonly balance?: string; readonly limit?: string | null },
  ): Promise<SandboxMerchantAccount> {
    return this.send('PUT', `/control/merchant-accounts/${account}`, settings);
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

  private post<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.send('POST', path, body);
  }

  private async send<Answer>(method: 'POST' | 'PUT', path: string, body: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
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
