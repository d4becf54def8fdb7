import { createBrowserRouter, Outlet, type RouteObject } from 'react-router';
import type { Permission } from '../session/session-store';
import { AnonymousOnly, SignedInOnly } from './guards';
import { CrashPage } from './crash-page';
import { FirstLoad } from './first-load';
import { Home } from './home';
import { NotFoundPage } from './not-found-page';

/** What a page needs; the API refuses without it, and so the page is not even offered. */
export interface PageHandle {
  readonly permission?: Permission;
}

const page = (path: string, permission: Permission, lazy: NonNullable<RouteObject['lazy']>): RouteObject => ({
  path,
  lazy,
  handle: { permission } satisfies PageHandle,
});

export const router = createBrowserRouter([
  {
    element: <Outlet />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <FirstLoad />,
    children: [
      {
        element: <AnonymousOnly />,
        children: [
          {
            path: '/sign-in',
            lazy: async () => ({ Component: (await import('../features/auth/sign-in-page')).SignInPage }),
          },
          {
            path: '/register',
            lazy: async () => ({ Component: (await import('../features/auth/register-page')).RegisterPage }),
          },
        ],
      },
      {
        element: <SignedInOnly />,
        children: [
          {
            lazy: async () => ({ Component: (await import('../shell/shell')).Shell }),
            children: [
              {
                errorElement: <CrashPage />,
                children: [
                  { index: true, element: <Home /> },
                  page('/recharge', 'recharge:create', async () => ({
                    Component: (await import('../features/recharge/recharge-page')).RechargePage,
                  })),
                  page('/recharges', 'recharge:read', async () => ({
                    Component: (await import('../features/recharges/recharges-page')).RechargesPage,
                  })),
                  page('/recharges/:id', 'recharge:read', async () => ({
                    Component: (await import('../features/order/order-page')).OrderPage,
                  })),
                  page('/statement', 'wallet:read', async () => ({
                    Component: (await import('../features/statement/statement-page')).StatementPage,
                  })),
                  page('/statement/print', 'wallet:read', async () => ({
                    Component: (await import('../features/statement/statement-print-page'))
                      .StatementPrintPage,
                  })),
                  page('/statement/transfers/:id', 'wallet:read', async () => ({
                    Component: (await import('../features/statement/transfer-page')).TransferPage,
                  })),
                  page('/webhooks', 'webhook:manage', async () => ({
                    Component: (await import('../features/webhooks/webhooks-page')).WebhooksPage,
                  })),
                  page('/operations/orders', 'order:read-any', async () => ({
                    Component: (await import('../features/orders/orders-page')).OrdersPage,
                  })),
                  page('/operations/orders/:id', 'order:read-any', async () => ({
                    Component: (await import('../features/orders/operator-order-page')).OperatorOrderPage,
                  })),
                  page('/operations/duplicates', 'payment-conflict:read', async () => ({
                    Component: (await import('../features/operations/duplicates-page')).DuplicatesPage,
                  })),
                  page('/operations/refunds', 'refund:read-any', async () => ({
                    Component: (await import('../features/operations/refunds-page')).RefundsPage,
                  })),
                  page('/operations/reconciliations', 'reconciliation:read', async () => ({
                    Component: (await import('../features/reconciliation/reconciliations-page'))
                      .ReconciliationsPage,
                  })),
                  page('/operations/reconciliations/:id', 'reconciliation:read', async () => ({
                    Component: (await import('../features/reconciliation/reconciliation-page'))
                      .ReconciliationPage,
                  })),
                  page('/operations/channels', 'channel:read', async () => ({
                    Component: (await import('../features/channels/channels-page')).ChannelsPage,
                  })),
                  page('/operations/offers', 'offer:read', async () => ({
                    Component: (await import('../features/offers/offers-page')).OffersPage,
                  })),
                  page('/operations/book', 'ledger:read', async () => ({
                    Component: (await import('../features/ledger/book-page')).BookPage,
                  })),
                  page('/operations/adjustments', 'ledger:read', async () => ({
                    Component: (await import('../features/ledger/adjustments-page')).AdjustmentsPage,
                  })),
                  page('/operations/settlements', 'ledger:read', async () => ({
                    Component: (await import('../features/ledger/settlements-page')).SettlementsPage,
                  })),
                  page('/withdraw', 'withdrawal:create', async () => ({
                    Component: (await import('../features/withdrawals/withdraw-page')).WithdrawPage,
                  })),
                  page('/withdrawals', 'withdrawal:read', async () => ({
                    Component: (await import('../features/withdrawals/withdrawals-page')).WithdrawalsPage,
                  })),
                  page('/withdrawals/:id', 'withdrawal:read', async () => ({
                    Component: (await import('../features/withdrawals/withdrawal-page')).WithdrawalPage,
                  })),
                  page('/payout-accounts', 'payout-account:manage', async () => ({
                    Component: (await import('../features/payouts/payout-accounts-page')).PayoutAccountsPage,
                  })),
                  page('/operations/withdrawals', 'withdrawal:review', async () => ({
                    Component: (await import('../features/withdrawal-review/review-page')).ReviewPage,
                  })),
                  page('/operations/bank-files', 'payout:manage', async () => ({
                    Component: (await import('../features/withdrawal-review/bank-files-page')).BankFilesPage,
                  })),
                  page('/devices', 'session:read', async () => ({
                    Component: (await import('../features/devices/devices-page')).DevicesPage,
                  })),
                  page('/operations/conflicts', 'payment-conflict:read', async () => ({
                    Component: (await import('../features/operations/conflicts-page')).ConflictsPage,
                  })),
                  page('/operations/dead-letters', 'dead-letter:read', async () => ({
                    Component: (await import('../features/operations/dead-letters-page')).DeadLettersPage,
                  })),
                  { path: '*', element: <NotFoundPage /> },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
]);
