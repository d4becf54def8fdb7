import { DomainError, type identity } from '#libs/contracts';
import { currentContext } from '#libs/transport';

/**
 * Whoever caused the message that is being handled, provided that it is about their own account. The gateway checks
 * what a role may do; whose row it is, only the service that owns the row can tell.
 *
 * @throws DomainError `UNAUTHENTICATED`, `FORBIDDEN`
 */
export function requireOwner(accountId: string): identity.Principal {
  const principal = currentContext()?.principal;
  if (!principal) throw new DomainError('UNAUTHENTICATED', 'Sign in first');
  if (principal.accountId !== accountId) {
    throw new DomainError('FORBIDDEN', `Account ${accountId} belongs to somebody else`);
  }
  return principal;
}
