import { randomUUID } from 'node:crypto';
import { type Account, DEMO_PASSWORD, type TestStack } from '#libs/testing';

interface Adjusted {
  readonly id: string;
  readonly state: string;
  readonly refusal: string | null;
}

/** Two operators who book what they are told to: one asks, the other approves. */
export class OperatorsDesk {
  private constructor(
    private readonly asking: Account,
    private readonly approving: Account,
  ) {}

  static async open(stack: TestStack): Promise<OperatorsDesk> {
    const api = stack.api();
    return new OperatorsDesk(
      await api.signInOperator(),
      await api.signIn('auditor@demo.test', DEMO_PASSWORD),
    );
  }

  /** @returns what became of it: `POSTED`, or why the ledger has refused it. */
  async adjust(merchant: Account, amount: string): Promise<string> {
    const { id } = await this.asking.call<Adjusted>('POST', '/v1/admin/ledger/adjustments', {
      headers: { 'idempotency-key': randomUUID() },
      body: {
        purpose: 'correction',
        account: 'merchant_cash',
        ownerId: merchant.id,
        amount,
        reason: `By ${amount}`,
        attachment: { fileName: 'letter.txt', contentType: 'text/plain', content: btoa('We were wrong') },
      },
    });
    const path = `/v1/admin/ledger/adjustments/${id}/approve`;
    const { state, refusal } = await this.approving.call<Adjusted>('POST', path);
    return refusal ?? state;
  }
}
