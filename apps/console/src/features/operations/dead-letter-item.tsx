import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Instant } from '../../ui/instant';
import styles from './work-item.module.css';

interface DeadLetterItemProps {
  readonly letter: Schemas['DeadLetter'];
  readonly isReplaying: boolean;
  readonly onReplay: (() => void) | undefined;
}

export function DeadLetterItem({ letter, isReplaying, onReplay }: DeadLetterItemProps) {
  const { t } = useTranslation();
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <strong>{letter.event}</strong>
        <span className={styles.when}>
          <Instant at={letter.failedAt} format="exact" /> ·{' '}
          {t('deadLetters.deliveries', { count: letter.deliveries })}
        </span>
      </div>
      <p className={styles.faint}>{letter.reason}</p>
      <div className={styles.foot}>
        <details className={styles.payload}>
          <summary>{t('deadLetters.payload')}</summary>
          <pre>{JSON.stringify(letter.payload, null, 2)}</pre>
        </details>
        {onReplay && (
          <Button loading={isReplaying} onClick={onReplay}>
            {t('deadLetters.replay')}
          </Button>
        )}
      </div>
    </li>
  );
}
