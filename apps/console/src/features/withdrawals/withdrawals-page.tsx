import { RightOutlined, SendOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Amount } from '../../ui/amount';
import { useCursorPaging } from '../../ui/cursor-trail';
import { Instant } from '../../ui/instant';
import { LinkButton } from '../../ui/link-button';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import table from '../../ui/table.module.css';
import rows from '../recharges/recharge-table.module.css';
import { WithdrawalTag } from './withdrawal-tag';

type Withdrawal = Schemas['Withdrawal'];

const PAGE_SIZE = 20;

export function WithdrawalsPage() {
  const { t } = useTranslation();
  const paging = useCursorPaging();
  const query = { ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const withdrawals = useQuery({
    queryKey: queryKeys.withdrawalList(paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/withdrawals', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const withdraw = (
    <LinkButton type="primary" size="large" icon={<SendOutlined />} to="/withdraw">
      {t('earnings.withdraw')}
    </LinkButton>
  );
  return (
    <Page title={t('withdrawals.title')} lead={t('withdrawals.lead')} actions={withdraw}>
      <ListPanel
        list={withdrawals}
        paging={paging}
        empty={<NothingHere title={t('withdrawals.none')} text={t('withdrawals.noneText')} />}
      >
        {(items) => (
          <table className={`${table.table} ${rows.table}`} aria-busy={withdrawals.isPlaceholderData}>
            <thead>
              <tr>
                <th scope="col">{t('withdrawals.asked')}</th>
                <th scope="col">{t('withdrawals.to')}</th>
                <th scope="col">{t('withdrawals.state')}</th>
                <th scope="col" className={table.number}>
                  {t('withdrawals.amount')}
                </th>
                <th aria-hidden="true" />
              </tr>
            </thead>
            <tbody>
              {items.map((withdrawal) => (
                <Row key={withdrawal.id} withdrawal={withdrawal} />
              ))}
            </tbody>
          </table>
        )}
      </ListPanel>
    </Page>
  );
}

function Row({ withdrawal }: { withdrawal: Withdrawal }) {
  const { t } = useTranslation();
  return (
    <tr data-withdrawal={withdrawal.id}>
      <td className={rows.created}>
        <Link className={table.rowLink} to={`/withdrawals/${withdrawal.id}`}>
          <Instant at={withdrawal.createdAt} />
        </Link>
      </td>
      <td className={rows.via}>
        {t(`payouts.methods.${withdrawal.method}`)}{' '}
        <span className={rows.method}>{withdrawal.maskedNumber}</span>
      </td>
      <td className={rows.state}>
        <WithdrawalTag withdrawal={withdrawal} />
      </td>
      <td className={`${table.number} ${rows.amount}`}>
        <Amount value={withdrawal.amount} />
      </td>
      <td className={rows.arrow} aria-hidden="true">
        <RightOutlined />
      </td>
    </tr>
  );
}
