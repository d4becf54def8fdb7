import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, InputNumber, Popconfirm, Switch } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { useCan } from '../../session/use-session';
import { Instant } from '../../ui/instant';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag, type Tone } from '../../ui/tag';
import styles from './channels.module.css';

type ChannelAccount = Schemas['ChannelAccount'];

const LOOK_AGAIN_MS = 2_000;
const MAX_WEIGHT = 1_000;
const TONES: Readonly<Record<ChannelAccount['circuit'], Tone>> = {
  closed: 'good',
  open: 'bad',
  half_open: 'waiting',
};

/** How our accounts at the channels are doing, looked at again and again while the page is open. */
export function ChannelsPage() {
  const { t } = useTranslation();
  const accounts = useQuery({
    queryKey: queryKeys.channelAccounts,
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/channel-accounts', { signal })),
    refetchInterval: LOOK_AGAIN_MS,
  });
  return (
    <Page title={t('channels.title')} lead={t('channels.lead')}>
      <ListPanel
        list={accounts}
        empty={<NothingHere title={t('channels.none')} text={t('channels.noneText')} />}
      >
        {(items) => (
          <ul>
            {items.map((account) => (
              <AccountItem key={account.id} account={account} />
            ))}
          </ul>
        )}
      </ListPanel>
    </Page>
  );
}

function AccountItem({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation();
  const share = account.calls === 0 ? 0 : Math.round((account.errors / account.calls) * 100);
  return (
    <li className={styles.account} data-account={account.id}>
      <div className={styles.head}>
        <strong>{account.id}</strong>
        <span className={styles.faint}>{t(`recharges.channels.${account.channel}`)}</span>
        <Tag tone={TONES[account.circuit]}>{t(`channels.circuits.${account.circuit}`)}</Tag>
        {account.circuitReason !== null && <span className={styles.faint}>{account.circuitReason}</span>}
      </div>
      <dl className={styles.figures}>
        <Figure name={t('channels.rate')}>
          {t('channels.perSecond', { rate: Math.round(account.ratePerSecond * 10) / 10 })}
        </Figure>
        <Figure name={t('channels.queued')}>{account.queued}</Figure>
        <Figure name={t('channels.inFlight')}>{account.inFlight}</Figure>
        <Figure name={t('channels.calls')}>{account.calls}</Figure>
        <Figure name={t('channels.errors')} isBad={account.errors > 0}>
          {account.errors} · {share} %
        </Figure>
      </dl>
      <Controls account={account} />
    </li>
  );
}

function Figure({ name, isBad = false, children }: { name: string; isBad?: boolean; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={isBad ? styles.bad : undefined}>{children}</dd>
    </div>
  );
}

function Controls({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation();
  const mayManage = useCan('channel:manage');
  const setting = useSetAccount(account.id);
  const [weight, setWeight] = useState<number | null>(null);
  const saveWeight = (): void => {
    if (weight !== null && weight !== account.weight) setting.mutate({ weight });
    setWeight(null);
  };
  return (
    <div className={styles.controls}>
      <label>
        <Popconfirm
          title={t('channels.switchOffTitle', { id: account.id })}
          description={<div style={{ maxWidth: 280 }}>{t('channels.switchOffText')}</div>}
          okText={t('channels.switchOff')}
          cancelText={t('cancel')}
          disabled={!account.enabled || !mayManage}
          onConfirm={() => setting.mutate({ enabled: false })}
        >
          <Switch
            checked={account.enabled}
            disabled={!mayManage}
            loading={setting.isPending}
            aria-label={`${t('channels.enabled')}: ${account.id}`}
            onChange={(enabled) => {
              // Out of service only after the question; into it at once.
              if (enabled) setting.mutate({ enabled });
            }}
          />
        </Popconfirm>{' '}
        {t('channels.enabled')}
      </label>
      <label>
        {t('channels.weight')}{' '}
        <InputNumber
          aria-label={`${t('channels.weight')}: ${account.id}`}
          min={0}
          max={MAX_WEIGHT}
          precision={0}
          disabled={!mayManage}
          value={weight ?? account.weight}
          onChange={(value) => setWeight(value)}
          onBlur={saveWeight}
          onPressEnter={saveWeight}
        />
      </label>
      {account.changedAt !== null && (
        <span className={styles.faint}>
          {t('channels.changed')} <Instant at={account.changedAt} />
        </span>
      )}
      {setting.isError && <ProblemAlert className={styles.problem} error={setting.error} />}
    </div>
  );
}

function useSetAccount(id: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { enabled?: boolean; weight?: number }) =>
      answerOf(api.PATCH('/v1/admin/channel-accounts/{id}', { params: { path: { id } }, body })),
    onSuccess: () => void message.success(t('channels.saved', { id })),
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.channelAccounts }),
  });
}
