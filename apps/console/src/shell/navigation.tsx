import {
  AlertOutlined,
  ApiOutlined,
  AuditOutlined,
  BankOutlined,
  BookOutlined,
  CheckCircleOutlined,
  ClusterOutlined,
  CopyOutlined,
  CreditCardOutlined,
  EditOutlined,
  FileDoneOutlined,
  FileTextOutlined,
  GiftOutlined,
  InboxOutlined,
  LaptopOutlined,
  LineChartOutlined,
  PlusCircleOutlined,
  ProfileOutlined,
  RollbackOutlined,
  SendOutlined,
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
    | 'wallet'
    | 'recharge'
    | 'recharges'
    | 'statement'
    | 'webhooks'
    | 'earnings'
    | 'withdrawals'
    | 'payouts'
    | 'review'
    | 'bankFiles'
    | 'devices'
    | 'orders'
    | 'conflicts'
    | 'duplicates'
    | 'refunds'
    | 'reconciliation'
    | 'channels'
    | 'offers'
    | 'book'
    | 'adjustments'
    | 'settlements'
    | 'deadLetters';
  readonly icon: ReactNode;
  readonly permission: Permission;
}

const PLACES: Record<'merchant' | 'traffic_owner' | 'operator', readonly Place[]> = {
  merchant: [
    { to: '/', label: 'wallet', icon: <WalletOutlined />, permission: 'wallet:read' },
    { to: '/recharge', label: 'recharge', icon: <PlusCircleOutlined />, permission: 'recharge:create' },
    { to: '/recharges', label: 'recharges', icon: <ProfileOutlined />, permission: 'recharge:read' },
    { to: '/statement', label: 'statement', icon: <FileTextOutlined />, permission: 'wallet:read' },
    { to: '/webhooks', label: 'webhooks', icon: <ApiOutlined />, permission: 'webhook:manage' },
  ],
  traffic_owner: [
    { to: '/', label: 'earnings', icon: <LineChartOutlined />, permission: 'earnings:read' },
    { to: '/withdrawals', label: 'withdrawals', icon: <SendOutlined />, permission: 'withdrawal:read' },
    {
      to: '/payout-accounts',
      label: 'payouts',
      icon: <CreditCardOutlined />,
      permission: 'payout-account:manage',
    },
    { to: '/statement', label: 'statement', icon: <FileTextOutlined />, permission: 'wallet:read' },
    { to: '/devices', label: 'devices', icon: <LaptopOutlined />, permission: 'session:read' },
  ],
  operator: [
    {
      to: '/operations/orders',
      label: 'orders',
      icon: <ProfileOutlined />,
      permission: 'order:read-any',
    },
    {
      to: '/operations/conflicts',
      label: 'conflicts',
      icon: <AlertOutlined />,
      permission: 'payment-conflict:read',
    },
    {
      to: '/operations/duplicates',
      label: 'duplicates',
      icon: <CopyOutlined />,
      permission: 'payment-conflict:read',
    },
    {
      to: '/operations/refunds',
      label: 'refunds',
      icon: <RollbackOutlined />,
      permission: 'refund:read-any',
    },
    {
      to: '/operations/reconciliations',
      label: 'reconciliation',
      icon: <AuditOutlined />,
      permission: 'reconciliation:read',
    },
    {
      to: '/operations/withdrawals',
      label: 'review',
      icon: <CheckCircleOutlined />,
      permission: 'withdrawal:review',
    },
    {
      to: '/operations/bank-files',
      label: 'bankFiles',
      icon: <FileDoneOutlined />,
      permission: 'payout:manage',
    },
    { to: '/operations/book', label: 'book', icon: <BookOutlined />, permission: 'ledger:read' },
    {
      to: '/operations/adjustments',
      label: 'adjustments',
      icon: <EditOutlined />,
      permission: 'ledger:read',
    },
    {
      to: '/operations/settlements',
      label: 'settlements',
      icon: <BankOutlined />,
      permission: 'ledger:read',
    },
    {
      to: '/operations/channels',
      label: 'channels',
      icon: <ClusterOutlined />,
      permission: 'channel:read',
    },
    { to: '/operations/offers', label: 'offers', icon: <GiftOutlined />, permission: 'offer:read' },
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
