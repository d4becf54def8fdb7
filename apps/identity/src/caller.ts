import { DomainError, type identity } from '#libs/contracts';
import { currentContext } from '#libs/transport';

/**
 * Whoever caused the message that is being handled, provided that it is about their own account. The gateway checks
 * what a role may do; whose row it is, only the service that owns the row can tell.
 *
 * @throws DomainError `UNAUTHENTICATED`, `FORBIDDEN`
 */
export function requireOwner(accountId: string): identity.Principal {
  const principal = requireSomebody();
  if (principal.accountId !== accountId) {
    throw new DomainError('FORBIDDEN', `Account ${accountId} belongs to somebody else`);
  }
  return principal;
}

/** @throws DomainError `UNAUTHENTICATED`, `FORBIDDEN` */
export function requireOperator(): void {
  if (requireSomebody().kind !== 'operator')
    throw new DomainError('FORBIDDEN', 'Only operators may ask that');
}

function requireSomebody(): identity.Principal {
  const principal = currentContext()?.principal;
  if (!principal) throw new DomainError('UNAUTHENTICATED', 'Sign in first');
  return principal;
}
