import { SendOutlined } from '@ant-design/icons';
import { Segmented } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { LinkButton } from '../../ui/link-button';
import { Page, Panel } from '../../ui/page';
import { PageSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { barsOf } from './chart-scale';
import { EarningsChart } from './earnings-chart';
import styles from './earnings.module.css';
import { useDayText } from './day-text';
import { useEarnings } from './earnings-queries';
import { EarningsTable } from './earnings-table';

type Earnings = Schemas['Earnings'];

const SPANS = [7, 30, 90] as const;

export function EarningsPage() {
  const { t } = useTranslation();
  const [span, setSpan] = useState<number>(30);
  const { earnings, from, to } = useEarnings(span);
  return (
    <Page
      title={t('earnings.title')}
      lead={t('earnings.lead')}
      actions={
        <LinkButton type="primary" size="large" icon={<SendOutlined />} to="/withdraw">
          {t('earnings.withdraw')}
        </LinkButton>
      }
    >
      {earnings.isPending && <PageSkeleton />}
      {earnings.isError && earnings.data === undefined && (
        <ProblemAlert error={earnings.error} onRetry={() => void earnings.refetch()} />
      )}
      {earnings.data && (
        <>
          <Sums earnings={earnings.data} />
          <Panel className={styles.panel}>
            <div className={styles.head}>
              <h2>{t('earnings.byDay')}</h2>
              <Segmented
                aria-label={t('earnings.days')}
                value={span}
                onChange={setSpan}
                options={SPANS.map((count) => ({ value: count, label: t('earnings.lastDays', { count }) }))}
              />
            </div>
            <EarningsChart bars={barsOf(earnings.data.days, from, to)} isStale={earnings.isPlaceholderData} />
            <EarningsTable days={earnings.data.days} />
          </Panel>
        </>
      )}
    </Page>
  );
}

function Sums({ earnings }: { earnings: Earnings }) {
  const { t } = useTranslation();
  const dayText = useDayText();
  const next = earnings.days.find(({ pending }) => parseYuan(pending) > 0n)?.maturesOn;
  return (
    <dl className={styles.sums}>
      <Sum name={t('earnings.available')} value={earnings.available} isMain>
        {t('earnings.availableText')}
      </Sum>
      <Sum name={t('earnings.pending')} value={earnings.pending}>
        {next === undefined
          ? t('earnings.pendingText')
          : t('earnings.pendingNext', { day: dayText(next, 'short') })}
      </Sum>
      <Sum name={t('earnings.withdrawing')} value={earnings.withdrawing}>
        {t('earnings.withdrawingText')}
      </Sum>
    </dl>
  );
}

interface SumProps {
  readonly name: string;
  readonly value: string;
  readonly isMain?: boolean;
  readonly children: ReactNode;
}

function Sum({ name, value, isMain = false, children }: SumProps) {
  return (
    <div className={styles.sum} data-main={isMain || undefined}>
      <dt>{name}</dt>
      <dd>
        <Amount value={value} />
      </dd>
      <dd className={styles.sumText}>{children}</dd>
    </div>
  );
}
