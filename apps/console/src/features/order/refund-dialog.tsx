import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { readTypedAmount } from '../../money/typed-amount';
import { decimalYuan, formatYuan, parseYuan } from '../../money/yuan';
import { Field } from '../../ui/field';
import { useFieldErrors } from '../../ui/field-errors';
import { ProblemAlert } from '../../ui/problem-alert';
import { randomKey } from '../recharge/random-key';
import styles from './refunds.module.css';

type Recharge = Schemas['Recharge'];

/** What can still be given back of an order. */
export function refundableOf({ amount, refundedAmount, refundingAmount }: Recharge): bigint {
  return parseYuan(amount) - parseYuan(refundedAmount) - parseYuan(refundingAmount);
}

interface RefundDialogProps {
  readonly order: Recharge;
  readonly onClose: () => void;
}

export function RefundDialog({ order, onClose }: RefundDialogProps) {
  const { t } = useTranslation();
  const rest = refundableOf(order);
  const [typed, setTyped] = useState(decimalYuan(rest));
  const [reason, setReason] = useState('');
  const refunding = useCreateRefund(order, onClose);
  const fields = useFieldErrors<'amount' | 'reason'>(refunding.error);
  const reading = readTypedAmount(typed);
  const refused = refunding.error instanceof ApiProblem ? refunding.error.code : null;
  const aboutAmount = refused !== null && refused in AMOUNT_PROBLEMS;
  const amountError = fields.of('amount') ?? amountProblem();

  function amountProblem(): string | undefined {
    if (refused === 'INSUFFICIENT_FUNDS') return t('refund.insufficient');
    return refused === 'REFUND_EXCEEDS_RECHARGE'
      ? t('refund.tooMuch', { amount: formatYuan(rest) })
      : undefined;
  }

  const submit = (): void => {
    const isComplete = fields.check({
      amount: !reading.ok
        ? t(`recharge.amountErrors.${reading.reason}`)
        : parseYuan(reading.amount) > rest
          ? t('refund.tooMuch', { amount: formatYuan(rest) })
          : undefined,
      reason: reason.trim() === '' ? t('refund.reasonMissing') : undefined,
    });
    if (!isComplete || !reading.ok || refunding.isPending) return;
    refunding.mutate({ amount: reading.amount, reason: reason.trim() });
  };

  return (
    <Modal open title={t('refund.title')} onCancel={onClose} footer={null}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className={styles.faint}>{t('refund.lead')}</p>
        <Field
          label={t('refund.amount')}
          help={t('refund.rest', { amount: formatYuan(rest) })}
          error={amountError}
        >
          {(control) => (
            <Input
              {...control}
              size="large"
              prefix="¥"
              inputMode="decimal"
              autoComplete="off"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                fields.forget('amount');
                if (aboutAmount) refunding.reset();
              }}
            />
          )}
        </Field>
        <Field label={t('refund.reason')} error={fields.of('reason')}>
          {(control) => (
            <Input
              {...control}
              size="large"
              maxLength={80}
              placeholder={t('refund.reasonPlaceholder')}
              value={reason}
              onChange={(event) => {
                setReason(event.target.value);
                fields.forget('reason');
              }}
            />
          )}
        </Field>
        {reading.ok && <BonusBack order={order} amount={reading.amount} />}
        {refunding.isError && !fields.any && !aboutAmount && <ProblemAlert error={refunding.error} />}
        <div className={styles.buttons}>
          <Button size="large" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="primary" size="large" htmlType="submit" loading={refunding.isPending}>
            {t('refund.submit', { amount: reading.ok ? formatYuan(reading.amount) : '' })}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

const AMOUNT_PROBLEMS = { INSUFFICIENT_FUNDS: true, REFUND_EXCEEDS_RECHARGE: true };

/** The bonus goes back in proportion, counted over everything that has gone back so far. */
function BonusBack({ order, amount }: { order: Recharge; amount: string }) {
  const { t } = useTranslation();
  if (order.offer === null) return null;
  const share = bonusShare(order, order.offer.bonusAmount, parseYuan(amount));
  return share > 0n ? (
    <p className={styles.bonus}>{t('refund.bonus', { amount: formatYuan(share) })}</p>
  ) : null;
}

const MICROS_PER_FEN = 10_000n;

function bonusShare(order: Recharge, bonusAmount: string, refund: bigint): bigint {
  const whole = parseYuan(order.amount);
  const bonus = parseYuan(bonusAmount);
  const before = whole - refundableOf(order);
  const upTo = (given: bigint): bigint => {
    const share = (bonus * given) / whole;
    return given === whole ? bonus : share - (share % MICROS_PER_FEN);
  };
  return before + refund > whole ? 0n : upTo(before + refund) - upTo(before);
}

function useCreateRefund({ id }: Recharge, onCreated: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  // One dialog is one refund, however often its button is pressed; other figures are another one.
  const [keys] = useState(() => new Map<string, string>());
  return useMutation({
    mutationFn: (body: { amount: string; reason: string }) => {
      const of = JSON.stringify(body);
      const key = keys.get(of) ?? randomKey();
      keys.set(of, key);
      return answerOf(
        api.POST('/v1/recharges/{id}/refunds', {
          params: { path: { id }, header: { 'idempotency-key': key } },
          body,
        }),
      );
    },
    onSuccess: (refund) => {
      const amount = formatYuan(refund.amount);
      void message.success(
        t(refund.state === 'SUCCEEDED' ? 'refund.succeededNow' : 'refund.created', { amount }),
      );
      onCreated();
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.recharge(id) });
      void queries.invalidateQueries({ queryKey: queryKeys.wallet });
    },
  });
}
