import type { ServerResponse } from 'node:http';
import type { Payee, TransferBench, TransferTrouble } from '../../conformance/index.js';
import type { SmallAlipay } from '../../testing/small-alipay.js';

const TRANSFER = 'alipay.fund.trans.uni.transfer';
const QUERY = 'alipay.fund.trans.common.query';
const OK = { code: '10000', msg: 'Success' };
const refused = (subCode: string) => ({ code: '40004', msg: 'Business Failed', sub_code: subCode });

interface Transfer {
  readonly no: string;
  readonly amount: string;
  readonly identity: string;
  status: 'SUCCESS' | 'DEALING' | 'REFUND';
}

interface Asked {
  readonly out_biz_no: string;
  readonly trans_amount: string;
  readonly payee_info: { readonly identity: string; readonly identity_type: string; readonly name: string };
}

/** What Alipay knows of one application's transfers, and those who are paid by them: an honest desk for a `SmallAlipay`. */
export class AlipayTransferDesk implements TransferBench {
  readonly unknownAccount = 'nobody@example.com';
  private readonly names = new Map<string, string>();
  private readonly transfers = new Map<string, Transfer>();
  private readonly trouble = new Map<string, TransferTrouble>();

  constructor(private readonly alipay: SmallAlipay) {
    alipay.on(TRANSFER, ({ biz_content: content = '' }, response) => {
      const asked = JSON.parse(content) as Asked;
      this.answer(TRANSFER, asked.out_biz_no, this.transfer(asked), response);
    });
    alipay.on(QUERY, ({ biz_content: content = '' }, response) => {
      const { out_biz_no: no } = JSON.parse(content) as { out_biz_no: string };
      this.answer(QUERY, no, this.query(no), response);
    });
  }

  async newPayee(): Promise<Payee> {
    const number = this.names.size;
    // Some are known by their mail, others by Alipay's own number.
    const account =
      number % 2 === 0 ? `payee-${number}@example.com` : `2088${String(number).padStart(12, '0')}`;
    this.names.set(account, '欧阳娜娜');
    return { account, name: '欧阳娜娜' };
  }

  async received({ account }: Payee): Promise<bigint> {
    const paid = [...this.transfers.values()].filter(
      ({ identity, status }) => identity === account && status === 'SUCCESS',
    );
    return paid.reduce((sum, { amount }) => sum + BigInt(amount.replace('.', '')) * 10_000n, 0n);
  }

  confirm(): Promise<never> {
    throw new Error('Alipay asks no payee');
  }

  async giveBack(no: string): Promise<void> {
    const transfer = this.transfers.get(no);
    if (transfer?.status !== 'SUCCESS') throw new Error(`${no} was not paid`);
    transfer.status = 'REFUND';
  }

  async make(trouble: TransferTrouble, no: string): Promise<() => Promise<void>> {
    this.trouble.set(no, trouble);
    return async () => {
      this.trouble.delete(no);
      const transfer = this.transfers.get(no);
      if (transfer?.status === 'DEALING') transfer.status = 'SUCCESS';
    };
  }

  private transfer({ out_biz_no: no, trans_amount: amount, payee_info: payee }: Asked): object {
    const known = this.transfers.get(no);
    if (known && known.amount !== amount) return refused('PAYMENT_INFO_INCONSISTENCY');
    if (!known) {
      const isUserId = payee.identity_type === 'ALIPAY_USER_ID';
      const name =
        payee.identity.startsWith('2088') === isUserId ? this.names.get(payee.identity) : undefined;
      if (name === undefined) return refused('PAYEE_NOT_EXIST');
      if (name !== payee.name) return refused('PAYEE_USER_INFO_ERROR');
      if (this.trouble.get(no) === 'our account is short of funds')
        return refused('PAYER_BALANCE_NOT_ENOUGH');
      const status = this.trouble.get(no) === 'transfers stay in process' ? 'DEALING' : 'SUCCESS';
      this.transfers.set(no, { no, amount, identity: payee.identity, status });
    }
    const status = this.transfers.get(no)?.status;
    return { ...OK, out_biz_no: no, order_id: `2026${no}`, status, trans_date: beijingTime() };
  }

  private query(no: string): object {
    const transfer = this.transfers.get(no);
    if (!transfer) return refused('ORDER_NOT_EXIST');
    const { amount, status } = transfer;
    const told = {
      out_biz_no: no,
      order_id: `2026${no}`,
      trans_amount: amount,
      status,
      pay_date: beijingTime(),
    };
    return { ...OK, ...told, ...(status === 'REFUND' ? { fail_reason: '收款方银行退票' } : {}) };
  }

  private answer(method: string, no: string, body: object, response: ServerResponse): void {
    if (this.trouble.get(no) === 'no answer after the work') return;
    response.end(this.alipay.signedReply(method, body));
  }
}

const beijingTime = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
