import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCursorPaging } from '../../ui/cursor-trail';
import { LinkButton } from '../../ui/link-button';
import { NothingHere } from '../../ui/nothing-here';
import { Page, Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { Pager } from '../../ui/pager';
import { ProblemAlert } from '../../ui/problem-alert';
import { bonusOf, useWallet } from '../wallet/wallet-queries';
import { StatementTable } from './statement-table';

const PAGE_SIZE = 25;
const ACCOUNTS = ['merchant_cash', 'merchant_bonus'] as const;

export function StatementPage() {
  const { t } = useTranslation();
  const paging = useCursorPaging();
  const { data: wallet } = useWallet();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const account = ACCOUNTS.find((kind) => kind === params.get('account')) ?? ACCOUNTS[0];
  const hasBonus = account === 'merchant_bonus' || (wallet && bonusOf(wallet)) !== undefined;
  const query = { account, ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const statement = useQuery({
    queryKey: queryKeys.statement(account, paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/wallet/entries', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={t('statement.title')}
      lead={t('statement.lead')}
      actions={
        hasBonus && (
          <Segmented
            aria-label={t('nav.account')}
            value={account}
            onChange={(next) => void navigate({ search: `?account=${next}` })}
            options={ACCOUNTS.map((value) => ({ value, label: t(`wallet.accounts.${value}`) }))}
          />
        )
      }
    >
      {statement.isError && statement.data === undefined && (
        <ProblemAlert error={statement.error} onRetry={() => void statement.refetch()} />
      )}
      {!statement.isError && (
        <Panel>
          {statement.isPending && <RowsSkeleton rows={8} />}
          {statement.data?.items.length === 0 && (
            <NothingHere
              title={t('statement.none')}
              text={t('statement.noneText')}
              action={<LinkButton to="/recharge">{t('wallet.firstRecharge')}</LinkButton>}
            />
          )}
          {statement.data && statement.data.items.length > 0 && (
            <StatementTable entries={statement.data.items} isStale={statement.isPlaceholderData} />
          )}
          {statement.data && <Pager paging={paging} nextCursor={statement.data.nextCursor} />}
        </Panel>
      )}
    </Page>
  );
}
