import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Amount } from '../../ui/amount';
import { useCursorPaging } from '../../ui/cursor-trail';
import { Instant } from '../../ui/instant';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import table from '../../ui/table.module.css';
import { Tag } from '../../ui/tag';
import { CHANNELS, STATES } from '../recharges/recharge-filters';
import { StateTag } from '../recharges/state-tag';
import styles from './orders.module.css';

type Order = Schemas['Order'];

const PAGE_SIZE = 20;
const NUMBER = /^[\w-]{1,64}$/;
const ID = /^\d{1,19}$/;

export function OrdersPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const paging = useCursorPaging();
  const query = {
    ...conditionsOf(params),
    ...(paging.cursor && { cursor: paging.cursor }),
    limit: PAGE_SIZE,
  };
  const orders = useQuery({
    queryKey: queryKeys.orders(query),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/orders', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={t('orders.title')} lead={t('orders.lead')}>
      <Conditions />
      <ListPanel
        list={orders}
        paging={paging}
        empty={<NothingHere title={t('orders.none')} text={t('orders.noneText')} />}
      >
        {(items) => (
          <table className={`${table.table} ${styles.table}`} aria-busy={orders.isPlaceholderData}>
            <thead>
              <tr>
                <th scope="col">{t('recharges.created')}</th>
                <th scope="col">{t('recharges.order')}</th>
                <th scope="col">{t('orders.merchant')}</th>
                <th scope="col">{t('recharges.via')}</th>
                <th scope="col">{t('recharges.state')}</th>
                <th scope="col" className={table.number}>
                  {t('recharges.amount')}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((order) => (
                <Row key={order.id} order={order} />
              ))}
            </tbody>
          </table>
        )}
      </ListPanel>
    </Page>
  );
}

function Row({ order }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td className={styles.created}>
        <Link className={table.rowLink} to={`/operations/orders/${order.id}`}>
          <Instant at={order.createdAt} />
        </Link>
      </td>
      <td className={styles.number}>{order.id}</td>
      <td className={styles.merchant}>{order.merchantId}</td>
      <td className={styles.via}>{t(`recharges.channels.${order.channel}`)}</td>
      <td className={styles.state}>
        <StateTag state={order.state} />{' '}
        {order.inConflict && <Tag tone="bad">{t('orders.flags.inConflict')}</Tag>}
      </td>
      <td className={`${table.number} ${styles.amount}`}>
        <Amount value={order.amount} />
      </td>
    </tr>
  );
}

/** Whatever the address says that can't be meant is left out. */
function conditionsOf(params: URLSearchParams) {
  const number = params.get('number') ?? '';
  const merchantId = params.get('merchant') ?? '';
  const state = STATES.find((each) => each === params.get('state'));
  const channel = CHANNELS.find((each) => each === params.get('channel'));
  return {
    ...(NUMBER.test(number) && { number }),
    ...(ID.test(merchantId) && { merchantId }),
    ...(state && { state }),
    ...(channel && { channel }),
  };
}

const ANY = 'any';

interface SearchFieldProps {
  readonly name: 'number' | 'merchant';
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly onSearch: (value: string) => void;
}

/** What can't be such a number is not searched for, or the list would be that of all orders. */
function SearchField({ name, pattern, maxLength, onSearch }: SearchFieldProps) {
  const { t } = useTranslation();
  const errorId = useId();
  const [params] = useSearchParams();
  const [isBad, setBad] = useState(false);
  return (
    <div className={name === 'number' ? styles.search : styles.merchantSearch}>
      <Input.Search
        key={params.get(name)}
        aria-label={t(`orders.${name}`)}
        placeholder={t(`orders.${name}Placeholder`)}
        allowClear
        maxLength={maxLength}
        inputMode={name === 'merchant' ? 'numeric' : 'text'}
        status={isBad ? 'error' : ''}
        aria-invalid={isBad}
        aria-describedby={errorId}
        defaultValue={params.get(name) ?? ''}
        onChange={() => setBad(false)}
        onSearch={(text) => {
          const value = text.trim();
          const isGood = value === '' || pattern.test(value);
          setBad(!isGood);
          if (isGood) onSearch(value);
        }}
      />
      <p id={errorId} role="alert" className={styles.bad}>
        {isBad && t(name === 'number' ? 'orders.badNumber' : 'orders.badMerchant')}
      </p>
    </div>
  );
}

function Conditions() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const set = (name: string, value: string): void => {
    const search = new URLSearchParams(params);
    search.delete('cursor');
    if (value === '' || value === ANY) search.delete(name);
    else search.set(name, value);
    void navigate({ search: search.toString() });
  };
  return (
    <search className={styles.conditions}>
      <SearchField name="number" pattern={NUMBER} maxLength={64} onSearch={(value) => set('number', value)} />
      <SearchField name="merchant" pattern={ID} maxLength={19} onSearch={(value) => set('merchant', value)} />
      <Select
        aria-label={t('recharges.state')}
        className={styles.select ?? ''}
        value={params.get('state') ?? ANY}
        onChange={(value) => set('state', value)}
        options={[
          { value: ANY, label: t('reconciliation.anyState') },
          ...STATES.map((value) => ({ value: value as string, label: t(`recharges.filterStates.${value}`) })),
        ]}
      />
      <Select
        aria-label={t('recharges.channel')}
        className={styles.select ?? ''}
        value={params.get('channel') ?? ANY}
        onChange={(value) => set('channel', value)}
        options={[
          { value: ANY, label: t('recharges.anyChannel') },
          ...CHANNELS.map((value) => ({ value: value as string, label: t(`recharges.channels.${value}`) })),
        ]}
      />
    </search>
  );
}
