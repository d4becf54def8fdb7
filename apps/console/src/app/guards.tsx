import { Navigate, Outlet, useLocation, useSearchParams } from 'react-router';
import { sessionStore } from '../session/session-store';
import { useSession } from '../session/use-session';

/** Lets nobody in without a session, and remembers where they were going. */
export function SignedInOnly() {
  const session = useSession();
  const { pathname, search } = useLocation();
  // A page per account: nothing that one account's page remembers is there for the next.
  if (session !== null) return <Outlet key={session.account.id} />;
  if (sessionStore.endedBecause() === 'signed-out' || pathname === '/')
    return <Navigate to="/sign-in" replace />;
  return <Navigate to={`/sign-in?${new URLSearchParams({ next: pathname + search })}`} replace />;
}

/** Signing in leads to the page that was wanted. */
export function AnonymousOnly() {
  const session = useSession();
  const [params] = useSearchParams();
  return session === null ? <Outlet /> : <Navigate to={ownPath(params.get('next'))} replace />;
}

/** Only a path of this console: `//elsewhere.example` would lead away from it. */
function ownPath(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}
