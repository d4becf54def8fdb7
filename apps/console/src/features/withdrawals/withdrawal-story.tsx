import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Panel } from '../../ui/page';
import styles from '../order/story.module.css';
import { EventTimeline } from './event-timeline';

/** What has happened to a withdrawal, for its owner. */
export function WithdrawalStory({ events }: { events: readonly Schemas['WithdrawalEvent'][] }) {
  const { t } = useTranslation();
  return (
    <Panel className={styles.panel}>
      <h2 className={styles.title}>{t('withdrawal.story')}</h2>
      <EventTimeline events={events} />
    </Panel>
  );
}
