import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useConnectionStatus } from '../push/connection-status';
import styles from './connection-indicator.module.css';

/** Whether what stands here moves by itself. */
export function ConnectionIndicator() {
  const { t } = useTranslation();
  const status = useConnectionStatus();
  return (
    <Tooltip title={status === 'reconnecting' ? t('connection.reconnectingHint') : t('connection.liveHint')}>
      <output className={`${styles.indicator} ${styles[status]}`} data-status={status}>
        <span className={styles.dot} />
        {t(`connection.${status}`)}
      </output>
    </Tooltip>
  );
}
