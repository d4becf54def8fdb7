import { LaptopOutlined, LogoutOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccount } from '../session/use-session';
import { signOut } from '../session/sign-out';
import styles from './account-panel.module.css';
import { LanguageChoice, ThemeChoice } from './preferences';

export function AccountPanel({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { displayName, email } = useAccount();
  const leaving = useMutation({ mutationFn: signOut });
  return (
    <section className={styles.panel} aria-label={t('nav.account')}>
      <div className={styles.who}>
        <div className={styles.name}>{displayName}</div>
        <div className={styles.email}>{email}</div>
      </div>
      <LanguageChoice />
      <ThemeChoice />
      <div className={styles.actions}>
        <Link className={styles.action} to="/devices" onClick={onDone}>
          <LaptopOutlined />
          {t('nav.devices')}
        </Link>
        <button
          type="button"
          className={styles.action}
          disabled={leaving.isPending}
          onClick={() => leaving.mutate()}
        >
          <LogoutOutlined />
          {leaving.isPending ? t('nav.signingOut') : t('nav.signOut')}
        </button>
      </div>
    </section>
  );
}
