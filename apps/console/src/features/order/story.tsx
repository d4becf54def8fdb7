import { useQuery } from '@tanstack/react-query';
import { Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { formatYuan } from '../../money/yuan';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import { Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import styles from './story.module.css';
import { useFactText, useStoryWord } from './story-facts';

type StoryEvent = Schemas['RechargeEvent'];

interface StoryProps {
  readonly queryKey: readonly unknown[];
  readonly load: (signal: AbortSignal) => Promise<{ readonly items: StoryEvent[] }>;
}

/** Everything that happened to an order, for its merchant and for support. */
export function Story({ queryKey, load }: StoryProps) {
  const { t } = useTranslation();
  const story = useQuery({ queryKey, queryFn: ({ signal }) => load(signal) });
  return (
    <Panel className={styles.panel}>
      <h2 className={styles.title}>{t('story.title')}</h2>
      {story.isPending && <RowsSkeleton rows={4} />}
      {story.isError && story.data === undefined && (
        <ProblemAlert error={story.error} onRetry={() => void story.refetch()} />
      )}
      {story.data?.items.length === 0 && <p className={styles.faint}>{t('story.none')}</p>}
      {story.data && story.data.items.length > 0 && (
        <Timeline
          items={story.data.items.map((event) => ({
            key: event.id,
            color: colourOf(event),
            content: <Event event={event} />,
          }))}
        />
      )}
    </Panel>
  );
}

function Event({ event }: { event: StoryEvent }) {
  const { t } = useTranslation();
  const factText = useFactText();
  const facts = Object.entries(event.facts).filter(([, value]) => value !== null && value !== '');
  const sum = event.facts['amount'];
  return (
    <div className={styles.event} data-kind={event.kind}>
      <div className={styles.head}>
        <strong>{t(`story.kinds.${event.kind}`)}</strong>
        {typeof sum === 'string' && <span className={styles.sum}>{formatYuan(sum)}</span>}
        <Aside event={event} />
        <span className={styles.when}>
          <Instant at={event.at} format="exact" />
        </span>
      </div>
      {(facts.length > 0 || event.attemptId !== null) && (
        <details className={styles.details}>
          <summary>{t('story.details')}</summary>
          <dl>
            {event.attemptId !== null && <Fact name={t('story.attempt')} value={event.attemptId} isNumber />}
            {event.refundId !== null && <Fact name={t('story.refund')} value={event.refundId} isNumber />}
            {facts.map(([name, value]) => (
              <Fact key={name} {...factText(name, value)} />
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}

/** The one fact that support wants to see without opening the details. */
function Aside({ event: { kind, facts, channel } }: { event: StoryEvent }) {
  const { t } = useTranslation();
  const wordOf = useStoryWord();
  const words: (string | null)[] = [];
  if (channel !== null && kind !== 'channel.called') words.push(t(`recharges.channels.${channel}`));
  if (kind === 'channel.called') words.push(...['call', 'outcome', 'code'].map((name) => text(facts[name])));
  if (kind === 'notify.refused') words.push(text(facts['reason']));
  if (kind === 'notify.accepted') words.push(text(facts['said']));
  const said = words.filter((word): word is string => word !== null && word !== '');
  return said.length === 0 ? null : <span className={styles.faint}>{said.map(wordOf).join(' · ')}</span>;
}

const text = (value: StoryEvent['facts'][string] | undefined): string | null =>
  typeof value === 'string' ? value : null;

function Fact({
  name,
  value,
  isNumber = false,
}: {
  name: string;
  value: string;
  isNumber?: boolean | undefined;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{isNumber ? <LongNumber value={value} /> : value}</dd>
    </div>
  );
}

const BAD = new Set<StoryEvent['kind']>([
  'attempt.failed',
  'attempt.conflicted',
  'attempt.duplicated',
  'notify.refused',
  'refund.failed',
  'reconciliation.difference',
]);
const GOOD = new Set<StoryEvent['kind']>([
  'order.paid',
  'order.credited',
  'attempt.succeeded',
  'refund.succeeded',
  'refund.settled',
  'reconciliation.settled',
]);

function colourOf({ kind, facts }: StoryEvent): string {
  if (BAD.has(kind)) return 'var(--seal)';
  if (GOOD.has(kind)) return 'var(--jade)';
  const isUnhappyCall =
    kind === 'channel.called' && /UNKNOWN|NOT_DONE|REFUSED|UNTRUSTED/.test(String(facts['outcome']));
  return isUnhappyCall ? 'var(--amber)' : 'var(--ink-faint)';
}
