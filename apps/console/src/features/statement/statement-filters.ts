import type { Schemas } from '../../api/client';

export type AccountKind = Schemas['WalletAccount']['kind'];
export type EntryKind = Schemas['StatementEntry']['kind'];

/** The accounts of each kind of owner, and the kinds of entries that each can have. */
const KINDS_OF = {
  merchant_cash: ['recharge', 'refund_hold', 'refund_release', 'budget_hold', 'budget_release', 'adjustment'],
  merchant_bonus: [
    'recharge',
    'refund_hold',
    'refund_release',
    'budget_hold',
    'budget_release',
    'bonus',
    'bonus_expiry',
    'adjustment',
  ],
  campaign_cash: ['budget_hold', 'spend', 'budget_release'],
  campaign_bonus: ['budget_hold', 'spend', 'budget_release'],
  traffic_available: ['maturity', 'withdraw', 'withdrawal_released', 'withdrawal_returned', 'adjustment'],
  traffic_pending: ['spend', 'maturity', 'adjustment'],
  traffic_withdrawing: ['withdraw', 'withdrawal_paid', 'withdrawal_released'],
} as const satisfies Record<AccountKind, readonly EntryKind[]>;

const ACCOUNTS_OF: Readonly<Record<Schemas['Account']['kind'], readonly [AccountKind, ...AccountKind[]]>> = {
  merchant: ['merchant_cash', 'merchant_bonus', 'campaign_cash', 'campaign_bonus'],
  traffic_owner: ['traffic_available', 'traffic_pending', 'traffic_withdrawing'],
  // An operator has no wallet, and no statement page.
  operator: ['merchant_cash'],
};

const PARTED: readonly AccountKind[] = [
  'campaign_cash',
  'campaign_bonus',
  'traffic_pending',
  'traffic_withdrawing',
];

export const accountsOf = (owner: Schemas['Account']['kind']): readonly AccountKind[] => ACCOUNTS_OF[owner];
export const kindsOf = (account: AccountKind): readonly EntryKind[] => KINDS_OF[account];
/** Of these an owner has one account for each campaign, day or withdrawal. */
export const isParted = (account: AccountKind): boolean => PARTED.includes(account);

/** What the address says about a statement; `from` and `to` are days of the reader's calendar, both included. */
export interface StatementFilters {
  readonly account: AccountKind;
  readonly part: string | null;
  readonly kind: EntryKind | null;
  readonly from: string | null;
  readonly to: string | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PART = /^\d[\d-]{0,39}$/;

/** Whatever the address says that can't be meant is left out: links grow old, and people edit them. */
export function readFilters(params: URLSearchParams, owner: Schemas['Account']['kind']): StatementFilters {
  const day = (name: string): string | null => {
    const text = params.get(name) ?? '';
    return DAY.test(text) && !Number.isNaN(Date.parse(`${text}T00:00`)) ? text : null;
  };
  const account = ACCOUNTS_OF[owner].find((each) => each === params.get('account')) ?? ACCOUNTS_OF[owner][0];
  const part = params.get('part') ?? '';
  return {
    account,
    part: isParted(account) && PART.test(part) ? part : null,
    kind: kindsOf(account).find((each) => each === params.get('kind')) ?? null,
    from: day('from'),
    to: day('to'),
  };
}

/** Other filters begin at the first page. */
export function writeFilters(filters: StatementFilters): string {
  const set = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== null);
  return `?${new URLSearchParams(set).toString()}`;
}

export function isFiltered({ kind, from, to }: StatementFilters): boolean {
  return kind !== null || from !== null || to !== null;
}

export interface StatementQuery {
  readonly account: AccountKind;
  readonly part?: string;
  readonly kind?: EntryKind;
  readonly from?: string;
  readonly to?: string;
}

/** As the API asks: moments instead of days, and the last day whole. */
export function queryOf({ account, part, kind, from, to }: StatementFilters): StatementQuery {
  return {
    account,
    ...(part && { part }),
    ...(kind && { kind }),
    ...(from && { from: midnightOf(from).toISOString() }),
    ...(to && { to: midnightOf(to, 1).toISOString() }),
  };
}

/** Where a day of the reader's calendar begins; a day later by the calendar, which is not always 24 hours. */
function midnightOf(day: string, daysLater = 0): Date {
  const midnight = new Date(`${day}T00:00:00.000`);
  midnight.setDate(midnight.getDate() + daysLater);
  return midnight;
}
