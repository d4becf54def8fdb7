import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#libs/contracts';
import { bankFile } from './bank-file.js';
import { readBankResults } from './bank-results.js';

const HEADING = 'withdrawal_id,amount,outcome,bank_reference,message';
const read = (...lines: string[]) => readBankResults([HEADING, ...lines].join('\r\n'));

/** The fields that a file is refused for. */
function problemsOf(...lines: string[]): Record<string, string> {
  try {
    read(...lines);
    return {};
  } catch (error) {
    const { errors = [] } = (error as DomainError).details;
    return Object.fromEntries(errors.map(({ field, message }) => [field, message]));
  }
}

describe("the bank's results", () => {
  it('are read with a byte order mark, blanks and empty lines, as banks write them', () => {
    const text = `\uFEFF${HEADING}\n 77 , 96.00 ,PAID, B1 ,\n\n78,1.5,FAILED,,"closed, says the bank"\n`;
    expect(readBankResults(text)).toEqual([
      { line: 2, withdrawalId: '77', amount: 96_000_000n, outcome: 'PAID', reference: 'B1', message: '' },
      {
        line: 4,
        withdrawalId: '78',
        amount: 1_500_000n,
        outcome: 'FAILED',
        reference: '',
        message: 'closed, says the bank',
      },
    ]);
  });

  it('name every line and column that is wrong, and nothing of them is usable', () => {
    expect(problemsOf('x,96.00,PAID,B1,', '78,1.234,PAID,B2,', '79,1.00,DONE,B3,', '80,1.00,PAID,,')).toEqual(
      {
        'lines.2.withdrawal_id': 'must be the id of a withdrawal',
        'lines.3.amount': expect.any(String),
        'lines.4.outcome': 'must be one of PAID, FAILED, RETURNED',
        'lines.5.bank_reference': 'must be the bank’s own number, up to 80 characters',
      },
    );
  });

  it('say each withdrawal once', () => {
    expect(problemsOf('77,96.00,PAID,B1,', '77,96.00,FAILED,,')).toEqual({
      'lines.3.withdrawal_id': 'stands in line 2 already',
    });
  });

  it.each([
    ['nothing under the heading', HEADING],
    ['another heading', 'id,amount\n1,2'],
    ['no CSV', `${HEADING}\n"77`],
  ])('that are %s are refused', (_, text) => {
    expect(() => readBankResults(text)).toThrow(expect.objectContaining({ code: 'BANK_RESULTS_INVALID' }));
  });
});

describe('the file for the bank', () => {
  it('quotes what a spreadsheet would take for a formula', () => {
    const payment = {
      withdrawalId: '77',
      net: 96_000_000n,
      cardNumber: '6222021234567890',
      bankName: '招商银行',
    };
    const csv = bankFile([{ ...payment, payeeName: '=HYPERLINK("x")' }], '提现');
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv).toContain('77,96.00,CNY,');
  });
});
