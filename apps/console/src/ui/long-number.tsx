import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './long-number.module.css';

const DONE_MS = 1_600;

/** An id or a channel's number: nobody reads nineteen digits, so it can be copied. */
export function LongNumber({ value }: { value: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), DONE_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  // Plain http has no clipboard.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  return (
    <span className={styles.number}>
      <span>{value}</span>
      {clipboard && (
        <button
          type="button"
          className={styles.copy}
          aria-label={copied ? t('copied') : t('copyNumber', { value })}
          onClick={() => void clipboard.writeText(value).then(() => setCopied(true))}
        >
          {copied ? <CheckOutlined /> : <CopyOutlined />}
        </button>
      )}
    </span>
  );
}
