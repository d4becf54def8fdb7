import { useTranslation } from 'react-i18next';
import styles from './page-skeleton.module.css';

/** Where a page's heading and panel will be. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <output aria-label={t('loading')}>
      <span className={`${styles.block} ${styles.title}`} />
      <span className={`${styles.block} ${styles.panel}`} />
    </output>
  );
}

/** Rows of a list that is on its way. */
export function RowsSkeleton({ rows }: { rows: number }) {
  const { t } = useTranslation();
  return (
    <output aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className={styles.row}>
          <span className={styles.block} />
          <span className={styles.block} />
        </span>
      ))}
    </output>
  );
}
