import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ChoiceCard } from '../../ui/choice-card';
import { LinkButton } from '../../ui/link-button';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { CoolingDown } from '../payouts/cooling-down';
import { isUsable, type PayoutAccount } from '../payouts/payout-queries';
import recharge from '../recharge/recharge-page.module.css';
import styles from './withdraw.module.css';

interface PayeeChoiceProps {
  readonly accounts: UseQueryResult<{ readonly items: PayoutAccount[] }>;
  readonly payee: PayoutAccount | undefined;
  readonly onChange: (id: string) => void;
}

/** Where the money goes: accounts that are too new are shown, so that nobody looks for them. */
export function PayeeChoice({ accounts, payee, onChange }: PayeeChoiceProps) {
  const { t } = useTranslation();
  const items = accounts.data?.items;
  return (
    <fieldset className={recharge.group}>
      <legend>{t('withdraw.to')}</legend>
      {accounts.isError && items === undefined && (
        <ProblemAlert error={accounts.error} onRetry={() => void accounts.refetch()} />
      )}
      {accounts.isPending && <RowsSkeleton rows={2} />}
      {items && items.length > 0 && (
        <div className={styles.payees}>
          {items.map((account) => (
            <div key={account.id}>
              <ChoiceCard
                name="payee"
                title={`${t(`payouts.methods.${account.method}`)} ${account.maskedNumber}`}
                text={[account.bankName, account.maskedName].filter((part) => part !== null).join(', ')}
                checked={account.id === payee?.id}
                disabled={!isUsable(account)}
                onChoose={() => onChange(account.id)}
              />
              {!isUsable(account) && <CoolingDown account={account} />}
            </div>
          ))}
        </div>
      )}
      {items && payee === undefined && (
        <p className={styles.hint}>{t(items.length === 0 ? 'withdraw.noAccounts' : 'withdraw.noneReady')}</p>
      )}
      {items && <LinkButton to="/payout-accounts">{t('withdraw.addAccount')}</LinkButton>}
    </fieldset>
  );
}
