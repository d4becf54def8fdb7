import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

/** Holds the line to the gateway open while somebody is signed in. Loaded apart: no first page waits for it. */
export function usePush(): void {
  const queries = useQueryClient();
  useEffect(() => {
    let stop = (): void => undefined;
    let cancelled = false;
    void import('./push-client').then(({ PushClient }) => {
      if (cancelled) return;
      const client = new PushClient(queries);
      client.start();
      stop = () => client.stop();
    });
    return () => {
      cancelled = true;
      stop();
    };
  }, [queries]);
}
