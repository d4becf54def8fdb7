import { QRCode } from 'antd';
import { useTranslation } from 'react-i18next';
import { isWebAddress } from '../order/pay-link';
import styles from './withdrawal-page.module.css';

const SIZE = 168;

/** WeChat pays only whoever confirms it there. */
export function ConfirmInWechat({ confirmation }: { confirmation: string }) {
  const { t } = useTranslation();
  return (
    <section className={styles.confirm} aria-labelledby="confirm-in-wechat">
      <h2 id="confirm-in-wechat">{t('withdrawal.confirmTitle')}</h2>
      {/* Black on white by night too: that is what scanners read. */}
      <div className={styles.frame}>
        <QRCode
          type="svg"
          value={confirmation}
          size={SIZE}
          color="#10201b"
          bgColor="#ffffff"
          bordered={false}
        />
      </div>
      <p>{t('withdrawal.confirmScan')}</p>
      {isWebAddress(confirmation) && (
        <a href={confirmation} target="_blank" rel="noreferrer">
          {t('withdrawal.confirmOpen')}
        </a>
      )}
    </section>
  );
}
