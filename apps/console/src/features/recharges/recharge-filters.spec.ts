import { describe, expect, it } from '@jest/globals';
import { isFiltered, queryOf, readFilters, writeFilters } from './recharge-filters';

const read = (search: string) => readFilters(new URLSearchParams(search));

describe('the filters of the list of recharges', () => {
  it('come out of the address as they went in', () => {
    const filters = { state: 'CLOSED', channel: 'alipay', from: '2026-11-01', to: '2026-11-20' } as const;
    expect(readFilters(writeFilters(filters))).toEqual(filters);
  });

  it('leave out what nobody can have meant', () => {
    expect(isFiltered(read('state=LOST&channel=cash&from=yesterday&to=2026-13-45'))).toBe(false);
  });

  it('forget the page of the list when they change', () => {
    expect(writeFilters(read('state=PAID&cursor=42')).has('cursor')).toBe(false);
  });

  it('ask for whole days of the reader’s own calendar', () => {
    const { createdFrom, createdTo } = queryOf(read('from=2026-11-20&to=2026-11-20'));
    expect(new Date(createdFrom ?? '').getHours()).toBe(0);
    expect(new Date(createdTo ?? '').getDate()).toBe(20);
    expect(Date.parse(createdTo ?? '') - Date.parse(createdFrom ?? '')).toBe(86_399_999);
  });

  it('ask for nothing when there are none', () => {
    expect(queryOf(read(''))).toEqual({});
  });
});
