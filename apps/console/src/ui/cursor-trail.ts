import { useLocation, useNavigate, useSearchParams } from 'react-router';

interface Trail {
  /** The cursors of the pages before this one; null is the first page. */
  readonly trail: readonly (string | null)[];
}

export interface CursorPaging {
  readonly cursor: string | null;
  readonly next: (cursor: string) => void;
  /** Undefined on the first page. */
  readonly previous: (() => void) | undefined;
}

/**
 * Where a list stands, in the address: `?cursor=…`. The API's cursors only lead on, so the way back is kept in the
 * history entry; a page that was opened from a link has none, and goes back to the first.
 */
export function useCursorPaging(): CursorPaging {
  const [params] = useSearchParams();
  const location = useLocation();
  const navigate = useNavigate();
  const cursor = params.get('cursor');
  const trail = (location.state as Trail | null)?.trail ?? [];

  const goTo = (target: string | null, newTrail: Trail['trail']): void => {
    const search = new URLSearchParams(params);
    if (target === null) search.delete('cursor');
    else search.set('cursor', target);
    void navigate({ search: search.toString() }, { state: { trail: newTrail } satisfies Trail });
  };

  return {
    cursor,
    next: (following) => goTo(following, [...trail, cursor]),
    previous: cursor === null ? undefined : () => goTo(trail.at(-1) ?? null, trail.slice(0, -1)),
  };
}
