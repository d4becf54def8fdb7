import { useSyncExternalStore } from 'react';
import { sessionStore, type Account, type Permission, type Session } from './session-store';

export function useSession(): Session | null {
  return useSyncExternalStore(sessionStore.subscribe, sessionStore.get);
}

/** Whose pages these are. Only below the guard that lets nobody in without a session. */
export function useAccount(): Account {
  const session = useSession();
  // Between the end of the session and the guard's redirect, pages still render once.
  return session?.account ?? nobody;
}

export function useCan(permission: Permission): boolean {
  return useAccount().permissions.includes(permission);
}

const nobody: Account = {
  id: '0',
  email: '',
  kind: 'merchant',
  displayName: '',
  createdAt: new Date(0).toISOString(),
  roles: [],
  permissions: [],
};
