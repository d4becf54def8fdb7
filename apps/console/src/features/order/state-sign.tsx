import type { Schemas } from '../../api/client';
import styles from './state-sign.module.css';

type State = Schemas['Recharge']['state'];

/** The state as a drawing: a ring that turns while something is awaited, a tick or a cross when it is over. */
export function StateSign({ state }: { state: State }) {
  const isSettled = state === 'CREDITED' || state === 'CLOSED';
  return (
    <svg
      className={`${styles.sign} ${styles[state]}`}
      width="76"
      height="76"
      viewBox="0 0 76 76"
      aria-hidden="true"
    >
      <circle cx="38" cy="38" r="34" className={styles.ground} />
      {!isSettled && <circle cx="38" cy="38" r="34" className={styles.turning} />}
      {state === 'CREDITED' && <path d="M25 39.5l9.2 9.2L52 29.5" className={styles.mark} />}
      {state === 'CLOSED' && <path d="M29 29l18 18M47 29L29 47" className={styles.mark} />}
      {state === 'PAID' && <path d="M25 39.5l9.2 9.2L52 29.5" className={`${styles.mark} ${styles.pale}`} />}
      {(state === 'PAYING' || state === 'CREATED') && (
        <path d="M38 25v13.5l8.5 6" className={`${styles.mark} ${styles.pale}`} />
      )}
    </svg>
  );
}
