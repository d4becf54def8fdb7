import { Drawer, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount } from '../session/use-session';
import { useIsNarrow } from '../ui/use-media';
import styles from './account-button.module.css';
import { AccountPanel } from './account-panel';

/** The first character as a person sees it: a name may well begin with an emoji. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return first?.segment.toUpperCase() ?? '';
}

/** Who is signed in; opens what can be done about that. */
export function AccountButton() {
  const { t } = useTranslation();
  const { displayName, kind } = useAccount();
  const isNarrow = useIsNarrow();
  const [isOpen, setOpen] = useState(false);
  const panel = <AccountPanel onDone={() => setOpen(false)} />;
  const button = (
    <button
      type="button"
      className={styles.button}
      aria-expanded={isOpen}
      onClick={isNarrow ? () => setOpen(true) : undefined}
    >
      <span className={styles.avatar} aria-hidden="true">
        {initialOf(displayName)}
      </span>
      <span className="visually-hidden">{t('nav.account')}: </span>
      <span className={isNarrow ? 'visually-hidden' : styles.who}>
        <span className={styles.name}>{displayName}</span>
        <span className={styles.kind}>{t(`kinds.${kind}`)}</span>
      </span>
    </button>
  );
  if (!isNarrow) {
    return (
      <Popover
        open={isOpen}
        onOpenChange={setOpen}
        trigger="click"
        placement="topLeft"
        arrow={false}
        content={panel}
      >
        {button}
      </Popover>
    );
  }
  return (
    <>
      {button}
      <Drawer
        open={isOpen}
        onClose={() => setOpen(false)}
        placement="bottom"
        size="auto"
        closable={false}
        aria-label={t('nav.account')}
        styles={{ section: { borderRadius: '20px 20px 0 0' }, body: { padding: 20 } }}
      >
        {panel}
      </Drawer>
    </>
  );
}
