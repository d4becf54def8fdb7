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
