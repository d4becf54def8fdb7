import { LeftOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { formatYuan } from '../../money/yuan';
import { Amount } from '../../ui/amount';
import { Instant } from '../../ui/instant';
import { LinkButton } from '../../ui/link-button';
import { LongNumber } from '../../ui/long-number';
import { NothingHere } from '../../ui/nothing-here';
import { Panel } from '../../ui/page';
import { PageSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import orderPage from '../order/order-page.module.css';
import { CancelWithdrawal } from './cancel-withdrawal';
import { ConfirmInWechat } from './confirm-in-wechat';
import { isUnderWay, nextOf } from './withdrawal-state';
import { WithdrawalStory } from './withdrawal-story';
import { WithdrawalTag } from './withdrawal-tag';
import styles from './withdrawal-page.module.css';

type Withdrawal = Schemas['Withdrawal'];

/** Looking at it makes the channel be asked whether the payee has confirmed. */
const ASK_WHILE_AWAITING_MS = 5_000;
/** A push can be lost; who waits for money should not have to know. */
const ASK_WHILE_UNDER_WAY_MS = 30_000;

export function WithdrawalPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const one = useQuery({
    queryKey: queryKeys.withdrawal(id),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/withdrawals/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state: { data } }) => data !== undefined && askAgainAfter(data.withdrawal),
  });
  const amount = one.data && formatYuan(one.data.withdrawal.amount);
  return (
    <>
      <title>{`${amount === undefined ? t('withdrawal.plainTitle') : t('withdrawal.title', { amount })} · Clearbid`}</title>
      <Link className={orderPage.back} to="/withdrawals">
        <LeftOutlined /> {t('withdrawal.back')}
      </Link>
      {one.isPending && <PageSkeleton />}
      {one.isError && one.data === undefined && (
        <Missing id={id} error={one.error} onRetry={() => void one.refetch()} />
      )}
      {one.data && (
        <>
          <div className={orderPage.columns}>
            <Panel className={orderPage.main}>
              <Status withdrawal={one.data.withdrawal} />
            </Panel>
            <Panel className={styles.facts}>
              <Facts withdrawal={one.data.withdrawal} />
            </Panel>
          </div>
          <WithdrawalStory events={one.data.events} />
        </>
      )}
    </>
  );
}

function askAgainAfter({ state, confirmation }: Withdrawal): number | false {
  if (confirmation !== null) return ASK_WHILE_AWAITING_MS;
  return isUnderWay(state) && ASK_WHILE_UNDER_WAY_MS;
}

function Status({ withdrawal }: { withdrawal: Withdrawal }) {
  const { t } = useTranslation();
  const { amount, state, confirmation, problem, rejection } = withdrawal;
  const next = nextOf(withdrawal);
  return (
    <div className={styles.status}>
      <output className="visually-hidden">
        {t('withdrawal.announce', { amount: formatYuan(amount), state: t(`withdrawals.states.${state}`) })}
      </output>
      <div>
        <WithdrawalTag withdrawal={withdrawal} />
      </div>
      <h1 className={styles.amount}>
        <Amount value={amount} />
      </h1>
      <p data-next={next}>{t(`withdrawal.next.${next}`)}</p>
      {problem !== null && <p className={styles.problem}>{t(`withdrawals.problems.${problem}`)}</p>}
      {rejection !== null && (
        <p className={styles.problem}>
          {t('withdrawal.reason')}: {rejection}
        </p>
      )}
      {confirmation !== null && <ConfirmInWechat confirmation={confirmation} />}
      {withdrawal.canCancel && <CancelWithdrawal id={withdrawal.id} />}
    </div>
  );
}

function Facts({ withdrawal }: { withdrawal: Withdrawal }) {
  const { t } = useTranslation();
  return (
    <>
      <h2>{t('withdrawal.facts')}</h2>
      <dl>
        <Fact name={t('withdrawal.amount')}>
          <Amount value={withdrawal.amount} />
        </Fact>
        <Fact name={t('withdrawal.fee')}>
          <Amount value={`-${withdrawal.fee}`} />
        </Fact>
        <Fact name={t('withdrawal.tax')}>
          <Amount value={`-${withdrawal.tax}`} />
        </Fact>
        <Fact name={t('withdrawal.net')}>
          <strong>
            <Amount value={withdrawal.net} />
          </strong>
        </Fact>
        <Fact name={t('withdrawal.to')}>
          {t(`payouts.methods.${withdrawal.method}`)} {withdrawal.maskedNumber}
        </Fact>
        <Fact name={t('withdrawal.holder')}>{withdrawal.maskedName}</Fact>
        <Fact name={t('withdrawal.asked')}>
          <Instant at={withdrawal.createdAt} />
        </Fact>
        {withdrawal.paidAt !== null && (
          <Fact name={t('withdrawal.paidAt')}>
            <Instant at={withdrawal.paidAt} />
          </Fact>
        )}
        <Fact name={t('withdrawal.number')}>
          <LongNumber value={withdrawal.id} />
        </Fact>
      </dl>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Missing({ id, error, onRetry }: { id: string; error: Error; onRetry: () => void }) {
  const { t } = useTranslation();
  const isUnknown = error instanceof ApiProblem && (error.status === 404 || error.status === 400);
  if (!isUnknown) return <ProblemAlert error={error} onRetry={onRetry} />;
  return (
    <Panel>
      <NothingHere
        title={t('withdrawal.notFound')}
        text={t('withdrawal.notFoundText', { id })}
        action={<LinkButton to="/withdrawals">{t('withdrawal.back')}</LinkButton>}
      />
    </Panel>
  );
}
