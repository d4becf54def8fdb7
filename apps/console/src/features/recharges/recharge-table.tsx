import { RightOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import table from '../../ui/table.module.css';
import { StateTag } from './state-tag';
import styles from './recharge-table.module.css';

type Recharge = Schemas['Recharge'];

interface RechargeTableProps {
  readonly recharges: readonly Recharge[];
  /** The rows of the page before, while the next one is on its way. */
  readonly isStale: boolean;
}

export function RechargeTable({ recharges, isStale }: RechargeTableProps) {
  const { t } = useTranslation();
  return (
    <table className={`${table.table} ${styles.table}`} aria-busy={isStale}>
      <thead>
        <tr>
          <th scope="col">{t('recharges.created')}</th>
          <th scope="col" className={styles.order}>
            {t('recharges.order')}
          </th>
          <th scope="col">{t('recharges.via')}</th>
          <th scope="col">{t('recharges.state')}</th>
          <th scope="col" className={table.number}>
            {t('recharges.amount')}
          </th>
          <th aria-hidden="true" />
        </tr>
      </thead>
      <tbody>
        {recharges.map((recharge) => (
          <tr key={recharge.id}>
            <td className={styles.created}>
              <Link className={table.rowLink} to={`/recharges/${recharge.id}`}>
                <Instant at={recharge.createdAt} />
              </Link>
            </td>
            <td className={styles.order}>{recharge.id}</td>
            <td className={styles.via}>
              {t(`recharges.channels.${recharge.channel}`)}
              <span className={styles.method}>, {t(`recharges.methods.${recharge.method}`)}</span>
            </td>
            <td className={styles.state}>
              <StateTag state={recharge.state} />
            </td>
            <td className={`${table.number} ${styles.amount}`}>
              <Amount value={recharge.amount} />
            </td>
            <td className={styles.arrow} aria-hidden="true">
              <RightOutlined />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
