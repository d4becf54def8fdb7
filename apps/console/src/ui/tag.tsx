import type { ReactNode } from 'react';
import styles from './tag.module.css';

export type Tone = 'plain' | 'waiting' | 'good' | 'bad';

/** A state in a word; the dot says the same as its colour and its words. */
export function Tag({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`${styles.tag} ${styles[tone]}`}>{children}</span>;
}
