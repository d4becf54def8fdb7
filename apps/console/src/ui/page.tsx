import type { ReactNode } from 'react';
import styles from './page.module.css';

interface PageProps {
  readonly title: string;
  readonly lead?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Reading and typing want a narrower column than tables. */
  readonly narrow?: boolean;
}

export function Page({ title, lead, actions, children, narrow = false }: PageProps) {
  return (
    <div className={narrow ? styles.narrow : undefined}>
      <title>{`${title} · Clearbid`}</title>
      <header className={styles.header}>
        <h1 className={styles.title}>{title}</h1>
        {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Panel({ children, className = '' }: { children: ReactNode; className?: string | undefined }) {
  return <section className={`${styles.panel} ${className}`}>{children}</section>;
}
