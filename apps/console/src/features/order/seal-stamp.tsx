import { useTranslation } from 'react-i18next';
import { formatLocale } from '../../i18n/format-locale';
import styles from './seal-stamp.module.css';

/** The seal on a receipt, as Chinese offices stamp theirs: vermilion, a little crooked. */
export function SealStamp({ text, at }: { text: string; at: string }) {
  const { i18n } = useTranslation();
  const date = new Intl.DateTimeFormat(formatLocale(i18n.language), {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (
    <svg className={styles.stamp} viewBox="0 0 120 120" role="img" aria-label={text}>
      <circle cx="60" cy="60" r="55" className={styles.ring} />
      <circle cx="60" cy="60" r="49" className={styles.thin} />
      <text x="60" y="38" className={styles.small}>
        ★ CLEARBID ★
      </text>
      <text
        x="60"
        y="67"
        className={styles.word}
        textLength={text.length > 4 ? 84 : undefined}
        lengthAdjust="spacingAndGlyphs"
      >
        {text}
      </text>
      <text x="60" y="87" className={styles.small}>
        {date.format(new Date(at))}
      </text>
    </svg>
  );
}
