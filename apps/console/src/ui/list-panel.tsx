import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { CursorPaging } from './cursor-trail';
import { Panel } from './page';
import { RowsSkeleton } from './page-skeleton';
import { Pager } from './pager';
import { ProblemAlert } from './problem-alert';

interface ListPanelProps<Item> {
  readonly list: UseQueryResult<{ readonly items: readonly Item[]; readonly nextCursor?: string | null }>;
  readonly paging?: CursorPaging;
  readonly empty: ReactNode;
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** A list in each of its states: on its way, refused, empty, or there. */
export function ListPanel<Item>({ list, paging, empty, children }: ListPanelProps<Item>) {
  if (list.isError && list.data === undefined)
    return <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <Panel>
      {list.data === undefined ? (
        <RowsSkeleton rows={4} />
      ) : list.data.items.length === 0 ? (
        empty
      ) : (
        children(list.data.items)
      )}
      {paging && list.data && <Pager paging={paging} nextCursor={list.data.nextCursor ?? null} />}
    </Panel>
  );
}
