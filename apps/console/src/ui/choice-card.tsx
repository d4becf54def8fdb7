import type { ReactNode } from 'react';
import styles from './choice-card.module.css';

interface ChoiceCardProps {
  readonly name: string;
  readonly title: string;
  readonly text?: string;
  readonly icon?: ReactNode;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChoose: () => void;
}

/** One of few choices, each worth a sentence: a radio button with room. */
export function ChoiceCard({
  name,
  title,
  text,
  icon,
  checked,
  disabled = false,
  onChoose,
}: ChoiceCardProps) {
  return (
    <label className={styles.card} data-disabled={disabled || undefined}>
      <input type="radio" name={name} checked={checked} disabled={disabled} onChange={onChoose} />
      {icon}
      <span>
        <span className={styles.title}>{title}</span>
        {text !== undefined && <span className={styles.text}>{text}</span>}
      </span>
    </label>
  );
}
