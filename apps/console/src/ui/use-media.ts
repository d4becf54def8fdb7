import { useSyncExternalStore } from 'react';

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}

/** The width below which the side navigation becomes a bar at the bottom; the same as in the stylesheets. */
export function useIsNarrow(): boolean {
  return useMedia('(max-width: 860px)');
}

/** A telephone or tablet, where a channel's own app can be opened. */
export function useIsHandheld(): boolean {
  return useMedia('(max-width: 860px) and (pointer: coarse)');
}
