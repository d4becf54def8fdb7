import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { readTypedAmount } from '../../money/typed-amount';
import { Field } from '../../ui/field';
import { useFieldErrors } from '../../ui/field-errors';
import { Panel } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import styles from './ledger.module.css';

type Settlement = Schemas['ChannelSettlement'];
type Draft = Pick<Settlement, 'channel' | 'direction' | 'amount' | 'fee' | 'bankReference' | 'valueDate'>;
type TextField = 'amount' | 'fee' | 'bankReference' | 'valueDate';

const CHANNELS = ['alipay', 'wechat'] as const;
const DIRECTIONS = ['payout', 'top_up'] as const;
const NOTHING: Draft = {
  channel: 'alipay',
  direction: 'payout',
  amount: '',
  fee: '',
  bankReference: '',
  valueDate: '',
};

/** A line of the bank, as its statement has it. */
export function SettlementForm() {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(NOTHING);
  const recording = useRecord(() =>
    setDraft({ ...NOTHING, channel: draft.channel, direction: draft.direction }),
  );
  const fields = useFieldErrors<TextField>(recording.error);
  const submit = (): void => {
    const amountText = (typed: string): string | undefined =>
      readTypedAmount(typed).ok ? undefined : t('adjustments.amountBad');
    const isComplete = fields.check({
      amount: amountText(draft.amount),
      fee: isNothing(draft.fee) ? undefined : amountText(draft.fee),
      bankReference: draft.bankReference.trim() === '' ? t('settlements.referenceMissing') : undefined,
      valueDate: draft.valueDate === '' ? t('settlements.dayMissing') : undefined,
    });
    if (isComplete && !recording.isPending) recording.mutate(draft);
  };
  const text = (part: TextField, label: string, type = 'text') => (
    <Field label={label} error={fields.of(part)}>
      {(control) => (
        <Input
          {...control}
          type={type}
          prefix={part === 'amount' || part === 'fee' ? '¥' : undefined}
          placeholder={part === 'fee' ? '0.00' : undefined}
          maxLength={64}
          value={draft[part]}
          onChange={(event) => {
            setDraft({ ...draft, [part]: event.target.value });
            fields.forget(part);
          }}
        />
      )}
    </Field>
  );
  return (
    <Panel className={styles.formPanel}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('settlements.channel')} error={undefined}>
          {({ id }) => (
            <Select
              id={id}
              value={draft.channel}
              onChange={(channel) => setDraft({ ...draft, channel })}
              options={CHANNELS.map((value) => ({ value, label: t(`recharges.channels.${value}`) }))}
            />
          )}
        </Field>
        <Field label={t('settlements.direction')} error={undefined}>
          {({ id }) => (
            <Select
              id={id}
              value={draft.direction}
              onChange={(direction) => setDraft({ ...draft, direction })}
              options={DIRECTIONS.map((value) => ({ value, label: t(`settlements.directions.${value}`) }))}
            />
          )}
        </Field>
        {text('amount', t('settlements.amount'))}
        {text('fee', t('settlements.fee'))}
        {text('bankReference', t('settlements.reference'))}
        {text('valueDate', t('settlements.day'), 'date')}
        <Button type="primary" htmlType="submit" loading={recording.isPending}>
          {t('settlements.record')}
        </Button>
      </form>
      {recording.isError && !fields.any && <ProblemAlert error={recording.error} />}
    </Panel>
  );
}

const isNothing = (typed: string): boolean => /^[0.\s]*$/.test(typed);

function amountOf(typed: string): string {
  const reading = readTypedAmount(typed);
  return reading.ok ? reading.amount : typed;
}

function useRecord(onRecorded: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft) =>
      answerOf(
        api.POST('/v1/admin/ledger/settlements', {
          body: {
            ...draft,
            amount: amountOf(draft.amount),
            fee: isNothing(draft.fee) ? '0.00' : amountOf(draft.fee),
          },
        }),
      ),
    onSuccess: ({ state }: Settlement) => {
      const words = t(`settlements.states.${state}`);
      if (state === 'REFUSED') return void message.warning(words);
      void message.success(words);
      onRecorded();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.allSettlements }),
  });
}
