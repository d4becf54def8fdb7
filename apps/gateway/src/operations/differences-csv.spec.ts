import { describe, expect, it } from '@jest/globals';
import type { payment } from '#libs/contracts';
import { parse } from 'csv-parse/sync';
import { differencesCsv } from './differences-csv.js';

const difference: payment.Difference = {
  id: '1077389205120450560',
  reconciliationId: '1',
  accountId: 'alipay-main',
  channel: 'alipay',
  billDate: '2026-11-19',
  kind: 'AMOUNT_DIFFERS',
  state: 'OPEN',
  subject: 'payment',
  ourNumber: '1077389205120450561',
  channelNumber: null,
  rechargeId: null,
  merchantId: null,
  channelAmount: 50_000_000n,
  ourAmount: 49_990_000n,
  channelFee: null,
  ourFee: null,
  explanation: '=HYPERLINK("http://evil.test"), "quoted"\nand more',
  actions: [],
  reason: null,
  settledBy: null,
  approvedBy: null,
  settledAt: null,
  detectedAt: new Date('2026-11-20T08:30:00Z'),
};

describe('differences as CSV', () => {
  it('keep their columns, whatever stands in them, and begin so that spreadsheets read UTF-8', () => {
    const csv = differencesCsv([difference, { ...difference, reason: '已核对' }]);
    expect(csv.charCodeAt(0)).toBe(0xfeff);
    const rows = parse<Record<string, string>>(csv, { bom: true, columns: true });
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      id: '1077389205120450560',
      'amount at channel': '50.00',
      'amount here': '49.99',
      'fee here': '',
      'detected at': '2026-11-20T08:30:00.000Z',
    });
    expect(rows[1]?.['reason']).toBe('已核对');
  });

  it('give no spreadsheet a formula to run', () => {
    const [row] = parse<Record<string, string>>(differencesCsv([difference]), { bom: true, columns: true });
    expect(row?.['explanation']?.startsWith("'=")).toBe(true);
  });
});
