import { LaptopOutlined, MobileOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Instant } from '../../ui/instant';
import { describeBrowser } from './describe-browser';
import styles from './device-row.module.css';

interface DeviceRowProps {
  readonly session: Schemas['Session'];
  readonly isEnding: boolean;
  readonly onEnd: (() => void) | undefined;
}

export function DeviceRow({ session, isEnding, onEnd }: DeviceRowProps) {
  const { t } = useTranslation();
  const nameOf = useDeviceName();
  const isHandheld = /Mobile|Android|iPhone|iPad/.test(session.userAgent);
  return (
    <li className={styles.row}>
      <span className={styles.icon}>{isHandheld ? <MobileOutlined /> : <LaptopOutlined />}</span>
      <div className={styles.what}>
        <div className={styles.name} title={session.userAgent}>
          {nameOf(session.userAgent)}
          {session.current && <span className={styles.current}>{t('devices.current')}</span>}
        </div>
        <div className={styles.detail}>
          {session.address} · {t('devices.lastUsed')} <Instant at={session.lastUsedAt} />
        </div>
        <div className={styles.detail}>
          {t('devices.since')} <Instant at={session.createdAt} />
        </div>
      </div>
      {onEnd && (
        <Button loading={isEnding} onClick={onEnd}>
          {session.current ? t('devices.signOutThis') : t('devices.signOut')}
        </Button>
      )}
    </li>
  );
}

export function useDeviceName(): (userAgent: string) => string {
  const { t } = useTranslation();
  return (userAgent) => {
    const { browser, system } = describeBrowser(userAgent);
    if (browser !== null && system !== null) return t('devices.on', { browser, system });
    return browser ?? system ?? t('devices.unknownBrowser');
  };
}
