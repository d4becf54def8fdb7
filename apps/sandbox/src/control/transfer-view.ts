import { formatYuan } from '../trade/fen.js';
import type { Transfer } from '../transfer/transfer.js';

const iso = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString();

/** The channel's truth of a transfer, for the control API. */
export function transferView(transfer: Transfer, orderedFaults: object) {
  const { channel, account, appid, state, next } = transfer;
  const query = new URLSearchParams({
    mchId: account,
    appId: appid ?? '',
    package: transfer.confirmation,
  });
  return {
    outTransferNo: transfer.outTransferNo,
    channel,
    account,
    transferNo: transfer.transferNo,
    status: state,
    amount: formatYuan(transfer.amountFen),
    payeeAccount: transfer.payeeAccount,
    payeeName: transfer.payeeName ?? null,
    remark: transfer.remark,
    failure: transfer.failure ?? null,
    createdAt: iso(transfer.createdAt),
    updatedAt: iso(transfer.updatedAt),
    paidAt: iso(transfer.paidAt),
    returnedAt: iso(transfer.returnedAt),
    /** Where it goes by itself. */
    next: next === undefined ? null : { status: next.state, at: iso(next.at) },
    confirmPath: state === 'AWAITS_PAYEE' ? `/mch-transfer/confirm?${query.toString()}` : null,
    orderedFaults,
  };
}
