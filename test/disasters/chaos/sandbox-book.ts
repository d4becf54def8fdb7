/** The channels' truth, past every fault: what was really paid and given back. */
export interface TrueTrade {
  readonly outTradeNo: string;
  readonly channel: 'alipay' | 'wechat';
  readonly status: 'WAITING' | 'PAID' | 'FINISHED' | 'CLOSED';
  readonly amount: string;
  readonly paidAmount: string | null;
  /** How often it was asked about. */
  readonly queries: number;
  readonly notifies: readonly unknown[];
  readonly refunds: readonly TrueRefund[];
}

export interface TrueRefund {
  readonly outRefundNo: string;
  readonly outTradeNo: string;
  readonly status: 'PROCESSING' | 'SUCCEEDED' | 'ABNORMAL' | 'CLOSED';
  readonly amount: string;
  /** Null: it stays in process until somebody ends it. */
  readonly settlesAt: string | null;
}

interface TradePage {
  readonly items: readonly TrueTrade[];
  readonly nextCursor: string | null;
}

/** Every trade of the sandbox. */
export async function allTrades(sandboxUrl: string): Promise<TrueTrade[]> {
  const trades: TrueTrade[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${cursor}`;
    const response = await fetch(`${sandboxUrl}/control/trades?limit=500${after}`);
    if (!response.ok) throw new Error(`The sandbox tells no trades: ${response.status}`);
    const page = (await response.json()) as TradePage;
    trades.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return trades;
}

/** Lets the bill of a day be there, although the day is not over. */
export async function writeBill(sandboxUrl: string, date: string): Promise<void> {
  const response = await fetch(`${sandboxUrl}/control/bills/${date}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state: 'ready' }),
  });
  if (!response.ok) throw new Error(`The sandbox writes no bill of ${date}: ${await response.text()}`);
}
