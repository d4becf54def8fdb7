import { useSyncExternalStore } from 'react';

export type ConnectionStatus = 'connecting' | 'live' | 'reconnecting';

let status: ConnectionStatus = 'connecting';
const listeners = new Set<() => void>();

export const connectionStatus = {
  get: (): ConnectionStatus => status,
  set: (next: ConnectionStatus): void => {
    if (next === status) return;
    status = next;
    for (const listener of listeners) listener();
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** Whether this page is told of changes as they happen. */
export function useConnectionStatus(): ConnectionStatus {
  return useSyncExternalStore(connectionStatus.subscribe, connectionStatus.get);
}
