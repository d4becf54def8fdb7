import { parseYuan } from '#libs/money';
import type { Payee, PaymentChannel, TransferBench, TransferTrouble } from '#libs/payments';

/** Calls the sandbox's control API: GETs without a body. */
type Control = (path: string, body?: unknown, method?: string) => Promise<Record<string, unknown>>;

const TRANSFER_FAULTS: Readonly<Record<TransferTrouble, string>> = {
  'transfers stay in process': 'transferInProcess',
  'our account is short of funds': 'notEnough',
  'no answer after the work': 'timeoutAfterWork',
};

/** Those whom one of our accounts at the sandbox pays. */
export class SandboxTransfers implements TransferBench {
  readonly unknownAccount: string;
  private static payees = 0;

  constructor(
    private readonly channel: PaymentChannel['name'],
    private readonly control: Control,
  ) {
    this.unknownAccount = channel === 'alipay' ? 'nobody@example.com' : 'oNobodyHasThisOpenId';
  }

  async newPayee(): Promise<Payee> {
    SandboxTransfers.payees += 1;
    const number = String(SandboxTransfers.payees).padStart(12, '0');
    const account = this.channel === 'alipay' ? `2088${number}` : `oUpF8uMuAJO_${number}`;
    const payee = { account, name: '欧阳娜娜' };
    await this.control('/payees', { channel: this.channel, ...payee }, 'PUT');
    await this.control(
      '/payees',
      { channel: this.channel, account: this.unknownAccount, exists: false },
      'PUT',
    );
    return payee;
  }

  async received({ account }: Payee): Promise<bigint> {
    const { items } = await this.control(`/transfers?status=SUCCEEDED&limit=500&channel=${this.channel}`);
    const paid = (items as { payeeAccount: string; amount: string }[]).filter(
      ({ payeeAccount }) => payeeAccount === account,
    );
    return paid.reduce((sum, { amount }) => sum + parseYuan(amount), 0n);
  }

  async confirm(outTransferNo: string): Promise<void> {
    const { status } = await this.control(`/transfers/${outTransferNo}`);
    if (status === 'AWAITS_PAYEE') await this.control(`/transfers/${outTransferNo}/confirm`, {});
  }

  async giveBack(outTransferNo: string): Promise<void> {
    await this.control(`/transfers/${outTransferNo}/return`, {});
  }

  async make(trouble: TransferTrouble, outTransferNo: string): Promise<() => Promise<void>> {
    const order = (times: number) =>
      this.control(`/trades/${outTransferNo}/faults`, { faults: { [TRANSFER_FAULTS[trouble]]: times } });
    await order(100);
    return async () => {
      await order(0);
      if (trouble === 'transfers stay in process')
        await this.control(`/transfers/${outTransferNo}/settle`, {});
    };
  }
}
