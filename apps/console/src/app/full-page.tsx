import type { ReactNode } from 'react';
import { Rosette } from '../ui/guilloche';
import styles from './full-page.module.css';

interface FullPageProps {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

/** A page that says one thing and offers one way on. */
export function FullPage({ title, text, children }: FullPageProps) {
  return (
    <div className={styles.page}>
      <title>{`${title} · Clearbid`}</title>
      <Rosette className={styles.rosette} />
      <h1 className={styles.title}>{title}</h1>
      <p className={styles.text}>{text}</p>
      {children}
    </div>
  );
}
