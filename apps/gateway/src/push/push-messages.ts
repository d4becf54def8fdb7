import { payment, wallet, withdrawal } from '#libs/contracts';
import { z } from 'zod';
import { amount, id, instant } from '../edge/wire-fields.js';
import { wireSchema } from '../openapi/wire-schema.js';
import { walletEntry, walletView } from '../wallet/wallet.endpoints.js';

/** What an open page is told, over Socket.IO at `/socket.io`. */

/** A transfer stands in the ledger: the balances after it, and the entries that made them. */
export const walletChanged = z
  .object({
    accounts: z.array(
      z.object({ kind: wallet.walletAccountKind, balance: amount, lastSeq: z.number().int().min(1) }),
    ),
    entries: z.array(
      z.object({
        account: wallet.walletAccountKind,
        seq: z.number().int().min(1),
        transferId: id,
        kind: wallet.transferKind,
        amount,
        balanceAfter: amount,
        reference: z.string(),
        createdAt: instant,
      }),
    ),
    stale: z.array(wallet.walletAccountKind).meta({
      description: 'Kinds of which a part has changed: what all parts sum to is not told, ask for the wallet',
    }),
  })
  .meta({ id: 'WalletChanged', description: 'Pushed as `wallet.changed`' });

/** An order looks different now; ask for it if it is on the page. */
export const rechargeChanged = z
  .object({ id, state: payment.orderState })
  .meta({ id: 'RechargeChanged', description: 'Pushed as `recharge.changed`' });

/** A withdrawal looks different now; ask for it if it is on the page. */
export const withdrawalChanged = z
  .object({ id, state: withdrawal.withdrawalState })
  .meta({ id: 'WithdrawalChanged', description: 'Pushed as `withdrawal.changed`' });

/** What a page asks after it was away: `resume` with the newest entry that it has of the main account. */
export const resumeRequest = z
  .strictObject({ afterSeq: z.number().int().min(0) })
  .meta({ id: 'ResumeRequest', description: 'Sent by the page as `resume`' });

/** The answer to `resume`. */
export const resumed = z
  .object({
    wallet: walletView,
    entries: z.array(walletEntry).meta({ description: 'What was missed, oldest first' }),
    complete: z
      .boolean()
      .meta({ description: 'False when more was missed than is sent: load the statement anew' }),
  })
  .meta({ id: 'Resumed', description: 'Answer to `resume`; a refusal is a Problem instead' });

/** OpenAPI knows no WebSockets; the document tells of them in an extension, so that clients get the types. */
export function pushDescription() {
  return {
    path: '/socket.io',
    protocol: 'Socket.IO 4, transport websocket, the access token as `auth: {token}`',
    events: {
      'wallet.changed': wireSchema(walletChanged),
      'recharge.changed': wireSchema(rechargeChanged),
      'withdrawal.changed': wireSchema(withdrawalChanged),
    },
    requests: { resume: { request: wireSchema(resumeRequest), answer: wireSchema(resumed) } },
  };
}
