import { PlusOutlined } from '@ant-design/icons';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatYuan, parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { Rosette } from '../../ui/guilloche';
import { LinkButton } from '../../ui/link-button';
import { QUICK_AMOUNTS } from '../recharge/amounts';
import styles from './balance-card.module.css';
import { useCountUp } from './use-count-up';

interface BalanceCardProps {
  readonly balance: string;
  readonly held: string;
  readonly available: string;
  readonly lastSeq: number;
  readonly bonus?: string | undefined;
}

/** How far the rosette turns with each entry. */
const NOTCH_DEGREES = 20;

export function BalanceCard({ balance, held, available, lastSeq, bonus }: BalanceCardProps) {
  const { t } = useTranslation();
  const shown = useCountUp(parseYuan(balance));
  const news = useBalanceNews(balance);
  return (
    <section className={styles.card} aria-label={t('wallet.balance')}>
      <Rosette className={styles.rosette} turn={lastSeq * NOTCH_DEGREES} />
      <div className={styles.sum}>
        <div className={styles.label}>{t('wallet.balance')}</div>
        <div className={styles.balance} data-testid="balance" aria-hidden="true">
          <Amount value={shown} />
        </div>
        <span className="visually-hidden">{t('wallet.balanceIs', { amount: formatYuan(balance) })}</span>
        <span className="visually-hidden" aria-live="polite">
          {news}
        </span>
      </div>
      {(parseYuan(held) > 0n || bonus !== undefined) && (
        <div className={styles.parts}>
          {parseYuan(held) > 0n && (
            <>
              <span>{t('wallet.available', { amount: formatYuan(available) })}</span>
              <span>{t('wallet.held', { amount: formatYuan(held) })}</span>
            </>
          )}
          {bonus !== undefined && (
            <Link className={styles.bonus} to="/statement?account=merchant_bonus">
              {t('wallet.bonus', { amount: formatYuan(bonus) })}
            </Link>
          )}
        </div>
      )}
      <nav className={styles.quick} aria-label={t('wallet.quick')}>
        <LinkButton className={styles.recharge} size="large" icon={<PlusOutlined />} to="/recharge">
          {t('wallet.recharge')}
        </LinkButton>
        {QUICK_AMOUNTS.map((amount) => (
          <Link key={amount} to={`/recharge?amount=${amount}`} className={styles.chip}>
            <span aria-hidden="true">+</span> <Amount value={amount} />
          </Link>
        ))}
      </nav>
    </section>
  );
}

/** A sentence for those who don't see the digits run; empty until the balance has moved. */
function useBalanceNews(balance: string): string {
  const { t } = useTranslation();
  const previous = useRef(balance);
  const [news, setNews] = useState('');
  useEffect(() => {
    const difference = parseYuan(balance) - parseYuan(previous.current);
    previous.current = balance;
    if (difference > 0n) {
      setNews(t('wallet.moneyArrived', { amount: formatYuan(difference), balance: formatYuan(balance) }));
    }
  }, [balance, t]);
  return news;
}
