import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Instant } from '../../ui/instant';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag } from '../../ui/tag';
import { CoolingDown } from './cooling-down';
import { PayoutAccountForm } from './payout-account-form';
import { isUsable, usePayoutAccounts, type PayoutAccount } from './payout-queries';
import styles from './payouts.module.css';

export function PayoutAccountsPage() {
  const { t } = useTranslation();
  const [isAdding, setAdding] = useState(false);
  const accounts = usePayoutAccounts();
  const add = (
    <Button type="primary" size="large" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {t('payouts.add')}
    </Button>
  );
  const hasAny = accounts.data !== undefined && accounts.data.items.length > 0;
  return (
    <Page title={t('payouts.title')} lead={t('payouts.lead')} actions={hasAny ? add : undefined} narrow>
      <ListPanel
        list={accounts}
        empty={<NothingHere title={t('payouts.none')} text={t('payouts.noneText')} action={add} />}
      >
        {(items) => (
          <ul>
            {items.map((account) => (
              <Account key={account.id} account={account} />
            ))}
          </ul>
        )}
      </ListPanel>
      {isAdding && <PayoutAccountForm onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Account({ account }: { account: PayoutAccount }) {
  const { t } = useTranslation();
  const removing = useRemove(account.id);
  return (
    <li className={styles.account} data-account={account.id}>
      <div className={styles.name}>
        <strong>{t(`payouts.methods.${account.method}`)}</strong>
        <span className={styles.number}>{account.maskedNumber}</span>
        {isUsable(account) ? <Tag tone="good">{t('payouts.usable')}</Tag> : <CoolingDown account={account} />}
      </div>
      <p className={styles.faint}>
        {account.bankName !== null && `${account.bankName}, `}
        {account.maskedName}, {t('payouts.addedOn')} <Instant at={account.createdAt} format="date" />
      </p>
      {!isUsable(account) && <p className={styles.faint}>{t('payouts.coolingDownText')}</p>}
      <div className={styles.action}>
        <Popconfirm
          title={t('payouts.removeTitle', { number: account.maskedNumber })}
          description={t('payouts.removeText')}
          okText={t('payouts.remove')}
          cancelText={t('cancel')}
          onConfirm={() => removing.mutate()}
        >
          <Button loading={removing.isPending}>{t('payouts.remove')}</Button>
        </Popconfirm>
      </div>
      {removing.isError && <ProblemAlert error={removing.error} />}
    </li>
  );
}

function useRemove(id: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.DELETE('/v1/payout-accounts/{id}', { params: { path: { id } } })),
    onSuccess: () => void message.success(t('payouts.removed')),
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.payoutAccounts }),
  });
}
