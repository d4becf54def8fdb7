import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import styles from './state-tag.module.css';

export function StateTag({ state }: { state: Schemas['Recharge']['state'] }) {
  const { t } = useTranslation();
  return (
    <span className={`${styles.tag} ${styles[state]}`} data-state={state}>
      {t(`recharges.states.${state}`)}
    </span>
  );
}
