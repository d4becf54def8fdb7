import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccount, useCan } from '../../session/use-session';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import { ProblemAlert } from '../../ui/problem-alert';
import { ReasonDialog } from '../../ui/reason-dialog';
import { Tag } from '../../ui/tag';
import {
  toneOf,
  useApproveWriteOff,
  useSettleDifference,
  type Difference,
  type DifferenceAction,
} from './differences';
import work from '../operations/work-item.module.css';

const REASON_LENGTH = 300;

export function DifferenceItem({ difference }: { difference: Difference }) {
  const { t } = useTranslation();
  return (
    <li className={work.item} data-kind={difference.kind} data-state={difference.state}>
      <div className={work.head}>
        <strong>
          {t(`reconciliation.kinds.${difference.kind}`)} ·{' '}
          {t(`reconciliation.subjects.${difference.subject}`)}
        </strong>
        <Tag tone={toneOf(difference.state)}>{t(`reconciliation.differenceStates.${difference.state}`)}</Tag>
      </div>
      <p>{t(`reconciliation.${textOf(difference)}`)}</p>
      <p className={work.faint} lang="en">
        {difference.explanation}
      </p>
      <dl className={work.sums}>
        <Sum name={t('reconciliation.atChannel')} value={difference.channelAmount} />
        <Sum name={t('reconciliation.here')} value={difference.ourAmount} />
        {difference.kind === 'FEE_DIFFERS' && (
          <>
            <Sum name={t('reconciliation.feeAtChannel')} value={difference.channelFee} />
            <Sum name={t('reconciliation.feeHere')} value={difference.ourFee} />
          </>
        )}
      </dl>
      <dl className={work.numbers}>
        {difference.rechargeId !== null && (
          <Fact name={t('conflicts.order')}>
            <Link to={`/operations/orders/${difference.rechargeId}`}>{difference.rechargeId}</Link>
          </Fact>
        )}
        {difference.ourNumber !== null && (
          <Fact
            name={t(
              difference.rechargeId === null ? 'reconciliation.billNumber' : 'reconciliation.ourNumber',
            )}
          >
            <LongNumber value={difference.ourNumber} />
          </Fact>
        )}
        {difference.channelNumber !== null && (
          <Fact name={t('reconciliation.channelNumber')}>
            <LongNumber value={difference.channelNumber} />
          </Fact>
        )}
        {difference.reason !== null && <Fact name={t('reconciliation.because')}>{difference.reason}</Fact>}
        {difference.settledAt !== null && (
          <Fact name={t('reconciliation.settledBy')}>
            <Person id={difference.settledBy} /> · <Instant at={difference.settledAt} />
          </Fact>
        )}
        {difference.approvedBy !== null && (
          <Fact name={t('reconciliation.approvedBy')}>
            <Person id={difference.approvedBy} />
          </Fact>
        )}
      </dl>
      <Approval difference={difference} />
      <Actions difference={difference} />
    </li>
  );
}

/** What has happened, for somebody who knows books and not our states. */
function textOf({ kind, subject, rechargeId }: Difference) {
  const isForeign = kind === 'ONLY_AT_CHANNEL' && rechargeId === null;
  return isForeign ? (`foreignTexts.${subject}` as const) : (`kindTexts.${kind}.${subject}` as const);
}

function Person({ id }: { id: string | null }) {
  const { t } = useTranslation();
  const { id: ownId } = useAccount();
  return id === null ? t('reconciliation.byItself') : id === ownId ? t('reconciliation.byYou') : id;
}

function Sum({ name, value }: { name: string; value: string | null }) {
  const { t } = useTranslation();
  return <Fact name={name}>{value === null ? t('reconciliation.absent') : <Amount value={value} />}</Fact>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Actions({ difference }: { difference: Difference }) {
  const { t } = useTranslation();
  const maySettle = useCan('reconciliation:settle');
  const [action, setAction] = useState<DifferenceAction | null>(null);
  const settling = useSettleDifference(difference.id, () => setAction(null));
  if (!maySettle || difference.actions.length === 0) return null;
  return (
    <div className={work.actions}>
      {difference.actions.map((each) => (
        <Button
          key={each}
          onClick={() => {
            settling.reset();
            setAction(each);
          }}
        >
          {t(`reconciliation.actions.${each}`)}
        </Button>
      ))}
      {action !== null && (
        <ReasonDialog
          title={t(`reconciliation.actions.${action}`)}
          text={t(
            action === 'repair'
              ? `reconciliation.repairTexts.${difference.kind}`
              : `reconciliation.actionTexts.${action}`,
          )}
          confirm={t(`reconciliation.actions.${action}`)}
          maxLength={REASON_LENGTH}
          error={settling.error}
          isPending={settling.isPending}
          onConfirm={(reason) => settling.mutate({ action, reason })}
          onClose={() => setAction(null)}
        />
      )}
    </div>
  );
}

/** The second pair of eyes; whoever wished for it is told that it is not theirs. */
function Approval({ difference }: { difference: Difference }) {
  const { t } = useTranslation();
  const { id: ownId } = useAccount();
  const mayApprove = useCan('reconciliation:approve');
  const approving = useApproveWriteOff(difference.id);
  if (difference.state !== 'APPROVAL_PENDING') return null;
  if (difference.settledBy === ownId) return <p className={work.faint}>{t('reconciliation.ownWish')}</p>;
  if (!mayApprove) return null;
  return (
    <>
      <div className={work.actions}>
        <Button type="primary" loading={approving.isPending} onClick={() => approving.mutate(true)}>
          {t('reconciliation.approve')}
        </Button>
        <Button disabled={approving.isPending} onClick={() => approving.mutate(false)}>
          {t('reconciliation.reject')}
        </Button>
      </div>
      {approving.isError && <ProblemAlert error={approving.error} />}
    </>
  );
}
