import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CursorPaging } from './cursor-trail';
import styles from './pager.module.css';

export function Pager({ paging, nextCursor }: { paging: CursorPaging; nextCursor: string | null }) {
  const { t } = useTranslation();
  const { previous } = paging;
  if (previous === undefined && nextCursor === null) return null;
  return (
    <nav className={styles.pager} aria-label={t('paging')}>
      <Button icon={<LeftOutlined />} disabled={previous === undefined} onClick={previous}>
        {t('newer')}
      </Button>
      <Button
        icon={<RightOutlined />}
        iconPlacement="end"
        disabled={nextCursor === null}
        onClick={() => nextCursor !== null && paging.next(nextCursor)}
      >
        {t('older')}
      </Button>
    </nav>
  );
}
