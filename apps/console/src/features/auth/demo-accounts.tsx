import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import styles from './auth-form.module.css';

/** The accounts that the seed makes where nothing is real; production has none of them. */
const ROLES = ['merchant', 'traffic', 'operator', 'auditor'] as const;
const PASSWORD = 'Demo-pass-1';

/** Served to the machine it runs on: somebody is trying it out. */
export function isSandbox(): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(window.location.hostname);
}

export function DemoAccounts({
  onPick,
}: {
  onPick: (credentials: { email: string; password: string }) => void;
}) {
  const { t } = useTranslation();
  return (
    <details className={styles.demo}>
      <summary>{t('auth.demo')}</summary>
      <p className={styles.demoText}>{t('auth.demoText')}</p>
      <div className={styles.roles}>
        {ROLES.map((role) => (
          <Button
            key={role}
            size="small"
            onClick={() => onPick({ email: `${role}@demo.test`, password: PASSWORD })}
          >
            {t(`auth.demoRoles.${role}`)}
          </Button>
        ))}
      </div>
    </details>
  );
}
