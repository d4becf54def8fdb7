import { parseYuan, yuanParts } from '../money/yuan';
import styles from './amount.module.css';

interface AmountProps {
  readonly value: string | bigint;
  /** Shows a plus before money that came. */
  readonly signed?: boolean;
  readonly className?: string;
}

/** An amount in yuan in figures of one width, its fraction a little quieter than the rest. */
export function Amount({ value, signed = false, className = '' }: AmountProps) {
  const { sign, whole, fraction } = yuanParts(typeof value === 'bigint' ? value : parseYuan(value), signed);
  return (
    <span className={`${styles.amount} ${className}`}>
      {sign}
      <span className={styles.currency}>¥</span>
      {whole}
      <span className={styles.fraction}>.{fraction}</span>
    </span>
  );
}
