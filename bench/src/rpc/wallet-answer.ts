import { wallet, type RequestOf, type ResponseOf } from '#libs/contracts';

/** What both servers are asked: the wallet of a merchant who has had some recharges. */
export const request: RequestOf<typeof wallet.getWallet> = { ownerId: '7318349394477056123' };

export const answer: ResponseOf<typeof wallet.getWallet> = {
  ownerId: '7318349394477056123',
  accounts: [
    {
      kind: 'merchant_cash',
      posted: 128_350_000_000n,
      held: 1_500_000_000n,
      available: 126_850_000_000n,
      version: 412,
    },
  ],
};

/** The same as it goes over the wire, for the transport that knows no contracts. */
export const plainAnswer = {
  ...answer,
  accounts: answer.accounts.map((account) => ({
    ...account,
    posted: account.posted.toString(),
    held: account.held.toString(),
    available: account.available.toString(),
  })),
};
