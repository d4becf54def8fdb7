import {
  AlertOutlined,
  AppstoreOutlined,
  FileTextOutlined,
  InboxOutlined,
  LaptopOutlined,
  PlusCircleOutlined,
  ProfileOutlined,
  WalletOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import type { Permission } from '../session/session-store';
import { useAccount } from '../session/use-session';
import styles from './navigation.module.css';

interface Place {
  readonly to: string;
  readonly label:
    'wallet' | 'recharge' | 'recharges' | 'statement' | 'home' | 'devices' | 'conflicts' | 'deadLetters';
  readonly icon: ReactNode;
  readonly permission: Permission;
}

const PLACES: Record<'merchant' | 'traffic_owner' | 'operator', readonly Place[]> = {
  merchant: [
    { to: '/', label: 'wallet', icon: <WalletOutlined />, permission: 'wallet:read' },
    { to: '/recharge', label: 'recharge', icon: <PlusCircleOutlined />, permission: 'recharge:create' },
    { to: '/recharges', label: 'recharges', icon: <ProfileOutlined />, permission: 'recharge:read' },
    { to: '/statement', label: 'statement', icon: <FileTextOutlined />, permission: 'wallet:read' },
  ],
  traffic_owner: [
    { to: '/', label: 'home', icon: <AppstoreOutlined />, permission: 'account:read' },
    { to: '/devices', label: 'devices', icon: <LaptopOutlined />, permission: 'session:read' },
  ],
  operator: [
    {
      to: '/operations/conflicts',
      label: 'conflicts',
      icon: <AlertOutlined />,
      permission: 'payment-conflict:read',
    },
    {
      to: '/operations/dead-letters',
      label: 'deadLetters',
      icon: <InboxOutlined />,
      permission: 'dead-letter:read',
    },
  ],
};

export function Navigation({ placement }: { placement: 'side' | 'bottom' }) {
  const { t } = useTranslation();
  const { kind, permissions } = useAccount();
  const places = PLACES[kind].filter(({ permission }) => permissions.includes(permission));
  return (
    <nav className={styles[placement]} aria-label={t('nav.label')}>
      {places.map(({ to, label, icon }) => (
        <NavLink
          key={to}
          to={to}
          end={to === '/'}
          className={({ isActive }) => `${styles.place} ${isActive ? styles.active : ''}`}
        >
          <span className={styles.icon}>{icon}</span>
          {t(`nav.${label}`)}
        </NavLink>
      ))}
    </nav>
  );
}
