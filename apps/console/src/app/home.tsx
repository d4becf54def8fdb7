import { lazy, Suspense } from 'react';
import { Navigate } from 'react-router';
import { useAccount } from '../session/use-session';
import { PageSkeleton } from '../ui/page-skeleton';

const WalletPage = lazy(async () => ({
  default: (await import('../features/wallet/wallet-page')).WalletPage,
}));
const EarningsPage = lazy(async () => ({
  default: (await import('../features/earnings/earnings-page')).EarningsPage,
}));

/** The first page differs with the kind of account. */
export function Home() {
  const { kind } = useAccount();
  if (kind === 'operator') return <Navigate to="/operations/conflicts" replace />;
  return (
    <Suspense fallback={<PageSkeleton />}>{kind === 'merchant' ? <WalletPage /> : <EarningsPage />}</Suspense>
  );
}
