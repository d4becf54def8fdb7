import { useQuery } from '@tanstack/react-query';
import { Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { formatLocale } from '../../i18n/format-locale';
import { formatYuan } from '../../money/yuan';
import { useAccount, useCan } from '../../session/use-session';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag } from '../../ui/tag';
import work from '../operations/work-item.module.css';
import { EventTimeline } from '../withdrawals/event-timeline';
import { WithdrawalTag } from '../withdrawals/withdrawal-tag';
import type { Selection } from './bulk-approval';
import { Decision } from './decision';
import styles from './review.module.css';

type Review = Schemas['WithdrawalReview'];

/** A withdrawal with the facts that one needs to decide about it. */
export function ReviewItem({ item, selection }: { item: Review; selection: Selection }) {
  const { t } = useTranslation();
  const mayApprove = useCan('withdrawal:approve');
  const { withdrawal, riskFlags } = item;
  const { offered, chosen, choose } = selection;
  const { id } = withdrawal;
  return (
    <li className={work.item} data-withdrawal={id} data-state={withdrawal.state}>
      <div className={work.head}>
        <span className={styles.name}>
          {mayApprove && offered.includes(id) && (
            <Checkbox
              aria-label={t('review.select', { number: id })}
              checked={chosen.includes(id)}
              onChange={({ target }) =>
                choose(target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
              }
            />
          )}
          <strong>
            {t(`payouts.methods.${withdrawal.method}`)} {withdrawal.maskedNumber}
          </strong>
          <WithdrawalTag withdrawal={withdrawal} />
        </span>
        <span className={work.when}>
          <Instant at={withdrawal.createdAt} />
        </span>
      </div>
      {riskFlags.length > 0 && (
        <ul className={styles.flags}>
          {riskFlags.map((flag) => (
            <li key={flag}>
              <Tag tone="bad">{t(`review.flags.${flag}`)}</Tag>
            </li>
          ))}
        </ul>
      )}
      <Sums withdrawal={withdrawal} />
      <Facts item={item} />
      <Approvals item={item} />
      {withdrawal.state === 'IN_REVIEW' && mayApprove && <Decision item={item} />}
      <Story id={id} ownerId={withdrawal.ownerId} />
    </li>
  );
}

function Sums({ withdrawal }: { withdrawal: Review['withdrawal'] }) {
  const { t } = useTranslation();
  return (
    <dl className={work.sums}>
      {(['amount', 'fee', 'tax', 'net'] as const).map((part) => (
        <div key={part}>
          <dt>{t(`withdrawal.${part}`)}</dt>
          <dd>
            <Amount value={withdrawal[part]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Facts({ item: { withdrawal, history } }: { item: Review }) {
  const { t, i18n } = useTranslation();
  const since =
    history.firstAt === null
      ? ''
      : new Intl.DateTimeFormat(formatLocale(i18n.language), { dateStyle: 'medium' }).format(
          new Date(history.firstAt),
        );
  const paid =
    history.paidCount === 0
      ? t('review.firstTime')
      : t('review.paidBefore', {
          count: history.paidCount,
          amount: formatYuan(history.paidAmount),
          since,
        });
  const failed = history.failedCount > 0 ? t('review.failedBefore', { count: history.failedCount }) : null;
  return (
    <dl className={work.numbers}>
      <div>
        <dt>{t('review.owner')}</dt>
        <dd>
          <LongNumber value={withdrawal.ownerId} />
        </dd>
      </div>
      <div>
        <dt>{t('review.holder')}</dt>
        <dd>{withdrawal.maskedName}</dd>
      </div>
      <div>
        <dt>{t('review.history')}</dt>
        <dd>{failed === null ? paid : `${paid} · ${failed}`}</dd>
      </div>
      <div>
        <dt>{t('review.number')}</dt>
        <dd>
          <LongNumber value={withdrawal.id} />
        </dd>
      </div>
    </dl>
  );
}

function Approvals({ item: { approvals, approvalsNeeded, withdrawal } }: { item: Review }) {
  const { t } = useTranslation();
  const nameOf = useOperatorName();
  return (
    <div className={work.faint}>
      <p>{t('review.approvals', { given: approvals.length, needed: approvalsNeeded })}</p>
      {approvals.map(({ operatorId, note }) => (
        <p key={operatorId}>
          {t('review.approvedBy', { who: nameOf(operatorId) })}
          {note !== null && `: ${note}`}
        </p>
      ))}
      {withdrawal.rejection !== null && (
        <p>
          {t('withdrawal.reason')}: {withdrawal.rejection}
        </p>
      )}
      {withdrawal.problem !== null && (
        <p>
          {t(`withdrawals.problems.${withdrawal.problem}`)} {withdrawal.problemMessage}
        </p>
      )}
    </div>
  );
}

function useOperatorName(): (id: string) => string {
  const { t } = useTranslation();
  const { id: ownId } = useAccount();
  return (id) => (id === ownId ? t('review.you') : t('review.someone', { id }));
}

/** Asked for only when somebody wants to see it. */
function Story({ id, ownerId }: { id: string; ownerId: string }) {
  const { t } = useTranslation();
  const nameOf = useOperatorName();
  const [isOpen, setOpen] = useState(false);
  const story = useQuery({
    queryKey: queryKeys.reviewed(id),
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/admin/withdrawals/{id}', { params: { path: { id } }, signal })),
    enabled: isOpen,
  });
  return (
    <details className={work.payload} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('review.story')}</summary>
      <div className={styles.story}>
        {isOpen && story.isPending && <RowsSkeleton rows={2} />}
        {story.isError && <ProblemAlert error={story.error} onRetry={() => void story.refetch()} />}
        {story.data && (
          <EventTimeline
            events={story.data.events}
            nameOf={(actor) => (actor === ownerId ? t('review.owner') : nameOf(actor))}
          />
        )}
      </div>
    </details>
  );
}
