import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageChoice } from '../../shell/preferences';
import { Brand } from '../../ui/brand';
import { Rosette } from '../../ui/guilloche';
import styles from './auth-layout.module.css';

interface AuthLayoutProps {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}

/** What a visitor sees first: what this is, and the way in. */
export function AuthLayout({ title, lead, children }: AuthLayoutProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.layout}>
      <title>{`${title} · Clearbid`}</title>
      <header className={styles.hero}>
        <Rosette className={styles.rosette} />
        <Brand />
        <div className={styles.pitch}>
          <p className={styles.claim}>{t('auth.heroTitle')}</p>
          <p className={styles.text}>{t('auth.heroText')}</p>
        </div>
      </header>
      <main className={styles.main}>
        <div className={styles.language}>
          <LanguageChoice />
        </div>
        <div className={styles.column}>
          <h1 className={styles.title}>{title}</h1>
          <p className={styles.lead}>{lead}</p>
          {children}
        </div>
      </main>
    </div>
  );
}
