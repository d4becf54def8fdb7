import { Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Instant } from '../../ui/instant';
import styles from '../order/story.module.css';
import { colourOf } from './withdrawal-state';

type Event = Schemas['WithdrawalEvent'] & Partial<Pick<Schemas['AnyWithdrawalEvent'], 'actorId'>>;

interface EventTimelineProps {
  readonly events: readonly Event[];
  /** Who did it, where that is told at all. */
  readonly nameOf?: (actorId: string) => string;
}

export function EventTimeline({ events, nameOf }: EventTimelineProps) {
  const { t } = useTranslation();
  const sayings = ({ facts, actorId }: Event): string[] => {
    const { reference, note, reason, message } = facts;
    return [
      actorId && nameOf ? nameOf(actorId) : null,
      typeof reference === 'string' && reference !== '' ? t('withdrawal.reference', { reference }) : null,
      ...[note, reason, message].map((said) => (typeof said === 'string' && said !== '' ? said : null)),
    ].filter((said) => said !== null);
  };
  return (
    <Timeline
      items={events.map((event, index) => ({
        key: index,
        color: colourOf(event.kind),
        content: (
          <div data-kind={event.kind}>
            <div className={styles.head}>
              <strong>{t(`withdrawal.events.${event.kind}`)}</strong>
              <span className={styles.when}>
                <Instant at={event.at} format="exact" />
              </span>
            </div>
            {sayings(event).map((said) => (
              <p key={said} className={styles.faint}>
                {said}
              </p>
            ))}
          </div>
        ),
      }))}
    />
  );
}
