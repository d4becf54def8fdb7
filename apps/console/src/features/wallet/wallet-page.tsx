import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { WalletEntry } from '../../push/push-messages';
import { LinkButton } from '../../ui/link-button';
import { NothingHere } from '../../ui/nothing-here';
import { Panel } from '../../ui/page';
import { PageSkeleton, RowsSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { BalanceCard } from './balance-card';
import { EntryRow } from './entry-row';
import { bonusOf, cashOf, useRecentEntries, useWallet } from './wallet-queries';
import styles from './wallet-page.module.css';

export function WalletPage() {
  const { t } = useTranslation();
  const wallet = useWallet();
  return (
    <>
      <title>{`${t('wallet.title')} · Clearbid`}</title>
      <h1 className="visually-hidden">{t('wallet.title')}</h1>
      {wallet.isError && wallet.data === undefined && (
        <ProblemAlert error={wallet.error} onRetry={() => void wallet.refetch()} />
      )}
      {wallet.isPending && <PageSkeleton />}
      {wallet.data && <BalanceCard {...cashOf(wallet.data)} bonus={bonusOf(wallet.data)?.balance} />}
      <RecentEntries />
    </>
  );
}

function RecentEntries() {
  const { t } = useTranslation();
  const recent = useRecentEntries();
  return (
    <div className={styles.recent}>
      <div className={styles.heading}>
        <h2>{t('wallet.recent')}</h2>
        {recent.data && recent.data.length > 0 && <Link to="/statement">{t('wallet.all')}</Link>}
      </div>
      <Panel>
        {recent.isPending && <RowsSkeleton rows={4} />}
        {recent.isError && recent.data === undefined && (
          <ProblemAlert error={recent.error} onRetry={() => void recent.refetch()} />
        )}
        {recent.data && <Entries entries={recent.data} />}
      </Panel>
    </div>
  );
}

function Entries({ entries }: { entries: readonly WalletEntry[] }) {
  const { t } = useTranslation();
  // What was there when the page opened is no news.
  const [knownSeq] = useState(entries[0]?.seq ?? 0);
  if (entries.length === 0) {
    return (
      <NothingHere
        title={t('wallet.none')}
        text={t('wallet.noneText')}
        action={
          <LinkButton type="primary" to="/recharge">
            {t('wallet.firstRecharge')}
          </LinkButton>
        }
      />
    );
  }
  return (
    <ul>
      {entries.map((entry) => (
        <EntryRow key={entry.seq} entry={entry} isNew={entry.seq > knownSeq} />
      ))}
    </ul>
  );
}
