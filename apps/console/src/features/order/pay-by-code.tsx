import { QRCode } from 'antd';
import { useTranslation } from 'react-i18next';
import { isSandbox } from '../auth/demo-accounts';
import { isWebAddress } from './pay-link';
import styles from './order-status.module.css';

const SIZE = 208;

export function PayByCode({ codeUrl, channel }: { codeUrl: string; channel: string }) {
  const { t } = useTranslation();
  return (
    <div className={styles.code}>
      {/* Black on white by night too: that is what scanners read. */}
      <div className={styles.frame}>
        <QRCode type="svg" value={codeUrl} size={SIZE} color="#10201b" bgColor="#ffffff" bordered={false} />
      </div>
      <p className={styles.hint}>{t('order.scan', { channel })}</p>
      {isSandbox() && isWebAddress(codeUrl) && (
        <a href={codeUrl} target="_blank" rel="noreferrer">
          {t('order.openCode')}
        </a>
      )}
    </div>
  );
}
