import {
  ChannelError,
  type ChannelTransfer,
  type ChannelTransfers,
  type TransferRequest,
} from '#libs/payments';

/** What befalls the next transfer that is sent. */
export type TransferFault =
  /** Done, and the answer is lost. */
  | 'LOST_ANSWER'
  /** Never arrived, which looks the same from outside. */
  | 'LOST_REQUEST'
  /** Still on its way when we have stopped to wait for its answer: see `arrive`. */
  | 'LATE'
  | 'REFUSED';

const DAY_MS = 86_400_000;
const paidAt = new Date('2026-11-20T04:05:06.000Z');

/** A channel that pays by a book in memory, once per number, and says what it is told to say. */
export class MemoryPayouts implements ChannelTransfers {
  readonly capabilities = {
    minAmount: 10_000n,
    maxAmount: 10n ** 15n,
    nameNeededFrom: null,
    payeeConfirms: true,
    queryReachMs: 29 * DAY_MS,
  };
  readonly faults: TransferFault[] = [];
  /** No question is answered. */
  isSilent = false;
  /** How often it was told to pay, by number. */
  readonly sent = new Map<string, number>();
  /** What has really gone out, by number. */
  readonly paid = new Map<string, bigint>();
  private readonly says = new Map<string, ChannelTransfer>();
  private readonly late: TransferRequest[] = [];

  /** What it answers about a number from now on, true or not. */
  say(outTransferNo: string, answer: ChannelTransfer): void {
    this.says.set(outTransferNo, answer);
  }

  /** What was on its way is there now. */
  arrive(): void {
    for (const request of this.late.splice(0)) this.pay(request);
  }

  async transfer(request: TransferRequest): Promise<ChannelTransfer> {
    const { outTransferNo } = request;
    this.sent.set(outTransferNo, (this.sent.get(outTransferNo) ?? 0) + 1);
    const fault = this.faults.shift();
    if (fault === 'LATE') this.late.push(request);
    if (fault === 'LATE' || fault === 'LOST_REQUEST') throw noAnswer();
    if (fault === 'REFUSED')
      return { state: 'FAILED', problem: 'LIMIT_OF_CHANNEL', message: 'that is enough for today' };
    this.pay(request);
    if (fault === 'LOST_ANSWER') throw noAnswer();
    return this.query(outTransferNo);
  }

  async query(outTransferNo: string): Promise<ChannelTransfer> {
    if (this.isSilent) throw noAnswer();
    const said = this.says.get(outTransferNo);
    if (said) return said;
    const amount = this.paid.get(outTransferNo);
    if (amount === undefined) return { state: 'NOT_FOUND' };
    return { state: 'SUCCEEDED', channelTransferNo: `T${outTransferNo}`, amount, paidAt };
  }

  cancel(outTransferNo: string): Promise<ChannelTransfer> {
    return this.query(outTransferNo);
  }

  private pay({ outTransferNo, amount }: TransferRequest): void {
    if (!this.paid.has(outTransferNo)) this.paid.set(outTransferNo, amount);
  }
}

const noAnswer = () => new ChannelError('UNKNOWN', 'TIMEOUT', 'no answer');
