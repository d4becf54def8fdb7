import type { Schemas } from '../../api/client';

type Recharge = Schemas['Recharge'];

export const STATES = [
  'CREATED',
  'PAYING',
  'PAID',
  'CREDITED',
  'CLOSED',
] as const satisfies readonly Recharge['state'][];
export const CHANNELS = ['alipay', 'wechat'] as const satisfies readonly Recharge['channel'][];

/** What the address says about the list; `from` and `to` are days of the reader's calendar, both included. */
export interface RechargeFilters {
  readonly state: Recharge['state'] | null;
  readonly channel: Recharge['channel'] | null;
  readonly from: string | null;
  readonly to: string | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whatever the address says that can't be meant is left out: links grow old, and people edit them. */
export function readFilters(params: URLSearchParams): RechargeFilters {
  const day = (name: string): string | null => {
    const text = params.get(name) ?? '';
    return DAY.test(text) && !Number.isNaN(Date.parse(`${text}T00:00`)) ? text : null;
  };
  return {
    state: STATES.find((state) => state === params.get('state')) ?? null,
    channel: CHANNELS.find((channel) => channel === params.get('channel')) ?? null,
    from: day('from'),
    to: day('to'),
  };
}

/** Other filters begin at the first page. */
export function writeFilters(filters: RechargeFilters): URLSearchParams {
  const set = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== null);
  return new URLSearchParams(set);
}

export function isFiltered(filters: RechargeFilters): boolean {
  return Object.values(filters).some((value) => value !== null);
}

export interface RechargeQuery {
  readonly state?: Recharge['state'];
  readonly channel?: Recharge['channel'];
  readonly createdFrom?: string;
  readonly createdTo?: string;
}

/** As the API asks: moments instead of days. */
export function queryOf({ state, channel, from, to }: RechargeFilters): RechargeQuery {
  return {
    ...(state && { state }),
    ...(channel && { channel }),
    ...(from && { createdFrom: new Date(`${from}T00:00:00.000`).toISOString() }),
    ...(to && { createdTo: new Date(`${to}T23:59:59.999`).toISOString() }),
  };
}
