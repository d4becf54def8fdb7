import type { ReactNode } from 'react';
import { Rosette } from './guilloche';
import styles from './nothing-here.module.css';

interface NothingHereProps {
  readonly title: string;
  readonly text?: string;
  readonly action?: ReactNode;
}

export function NothingHere({ title, text, action }: NothingHereProps) {
  return (
    <div className={styles.nothing}>
      <Rosette className={styles.rosette} />
      <p className={styles.title}>{title}</p>
      {text !== undefined && <p className={styles.text}>{text}</p>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
