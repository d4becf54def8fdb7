import { useTranslation } from 'react-i18next';
import { decimalYuan, parseYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { cashOf, useWallet } from '../wallet/wallet-queries';
import styles from './summary.module.css';

/** What pressing the button means, before it is pressed. */
export function Summary({ amount, bonus }: { amount: string | null; bonus: string | null }) {
  const { t } = useTranslation();
  const { data: wallet } = useWallet();
  const shown = amount ?? '0.00';
  return (
    <dl className={styles.summary} aria-label={t('recharge.summary')}>
      <div>
        <dt>{t('recharge.summaryPay')}</dt>
        <dd className={styles.total}>
          <Amount value={shown} />
        </dd>
      </div>
      <div>
        <dt>{t('recharge.summaryFee')}</dt>
        <dd>{t('recharge.noFee')}</dd>
      </div>
      <div>
        <dt>{t('recharge.summaryGet')}</dt>
        <dd>
          <Amount value={shown} />
        </dd>
      </div>
      {bonus !== null && (
        <div>
          <dt>{t('recharge.summaryBonus')}</dt>
          <dd>
            <Amount value={bonus} signed />
          </dd>
        </div>
      )}
      {wallet && (
        <div>
          <dt>{t('recharge.summaryAfter')}</dt>
          <dd>
            <Amount value={decimalYuan(parseYuan(cashOf(wallet).balance) + parseYuan(shown))} />
          </dd>
        </div>
      )}
    </dl>
  );
}
