import { describe, expect, it } from '@jest/globals';
import { queryOf, readFilters, writeFilters } from './statement-filters';

const read = (address: string, owner: 'merchant' | 'traffic_owner' = 'merchant') =>
  readFilters(new URLSearchParams(address), owner);

describe('the filters of a statement', () => {
  it('survive the address', () => {
    const filters = read('account=campaign_cash&part=900&kind=spend&from=2026-11-01&to=2026-11-30');
    expect(filters).toEqual({
      account: 'campaign_cash',
      part: '900',
      kind: 'spend',
      from: '2026-11-01',
      to: '2026-11-30',
    });
    expect(read(writeFilters(filters))).toEqual(filters);
  });

  it('leave out what the account or its owner does not have', () => {
    expect(read('account=traffic_pending&part=2026-11-20&kind=withdraw')).toEqual({
      account: 'merchant_cash',
      part: null,
      kind: null,
      from: null,
      to: null,
    });
    expect(read('account=merchant_cash&from=2026-13-40', 'traffic_owner')).toMatchObject({
      account: 'traffic_available',
      from: null,
    });
  });

  it('ask for whole days: from the first midnight up to the one after the last', () => {
    const { from, to } = queryOf(read('from=2026-11-01&to=2026-11-30'));
    expect(new Date(from ?? '')).toEqual(new Date(2026, 10, 1));
    expect(new Date(to ?? '')).toEqual(new Date(2026, 11, 1));
    expect(queryOf(read(''))).toEqual({ account: 'merchant_cash' });
  });
});
