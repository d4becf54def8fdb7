import { stringify } from 'csv-stringify/sync';
import { formatYuan } from '#libs/money';

/** One payment that the bank shall make. */
export interface BankPayment {
  readonly withdrawalId: string;
  /** Micro-yuan, whole fen. */
  readonly net: bigint;
  readonly payeeName: string;
  readonly cardNumber: string;
  readonly bankName: string;
}

/**
 * The file for the bank: RFC 4180, UTF-8 with a byte order mark, so that a spreadsheet reads it; what begins like a formula
 * is quoted as text (OWASP, "CSV injection"). Pure, so that a file that was lost can be written again, byte for byte.
 */
export function bankFile(payments: readonly BankPayment[], remark: string): string {
  return stringify(
    payments.map(({ withdrawalId, net, payeeName, cardNumber, bankName }) => [
      withdrawalId,
      formatYuan(net),
      'CNY',
      payeeName,
      cardNumber,
      bankName,
      remark,
    ]),
    {
      header: true,
      columns: ['withdrawal_id', 'amount', 'currency', 'payee_name', 'card_number', 'bank_name', 'remark'],
      bom: true,
      escape_formulas: true,
    },
  );
}
