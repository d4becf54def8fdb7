import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { serverNow } from '../../api/server-clock';
import { Field } from '../../ui/field';
import { useFieldErrors } from '../../ui/field-errors';
import { ProblemAlert } from '../../ui/problem-alert';
import form from '../offers/offer-form.module.css';
import { randomKey } from '../recharge/random-key';
import {
  ACCEPTED_FILES,
  EMPTY_DRAFT,
  problemsOf,
  wishOf,
  type AdjustmentDraft,
  type DraftField,
} from './adjustment-draft';

const PURPOSES = ['correction', 'bonus'] as const;
const ACCOUNTS = ['merchant_cash', 'merchant_bonus', 'traffic_pending', 'traffic_available'] as const;

/** Asks for an adjustment; one key for as long as the form is open, so that a second press asks for nothing more. */
export function AdjustmentForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const asking = useAsk(onClose);
  const fields = useFieldErrors<DraftField>(asking.error);
  const change = (part: Partial<AdjustmentDraft>, ...corrected: DraftField[]): void => {
    setDraft({ ...draft, ...part });
    fields.forget(...corrected);
  };
  const submit = (): void => {
    const found = problemsOf(draft, serverNow());
    const words = (field: DraftField): string | undefined => {
      const problem = found[field];
      return problem && t(`adjustments.${problem}`);
    };
    const isComplete = fields.check({
      ownerId: words('ownerId'),
      part: words('part'),
      amount: words('amount'),
      reason: words('reason'),
      expiresAt: words('expiresAt'),
      attachment: words('attachment'),
    });
    if (isComplete && !asking.isPending) asking.mutate(draft);
  };
  return (
    <Modal open title={t('adjustments.add')} width={620} onCancel={onClose} footer={null}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Segmented
          block
          aria-label={t('adjustments.purpose')}
          value={draft.purpose}
          onChange={(purpose) => change({ purpose }, 'attachment', 'part', 'expiresAt')}
          options={PURPOSES.map((value) => ({ value, label: t(`adjustments.purposes.${value}`) }))}
        />
        <p>{t(`adjustments.purposeTexts.${draft.purpose}`)}</p>
        <Terms draft={draft} change={change} errorOf={fields.of} />
        <Field label={t('adjustments.reason')} error={fields.of('reason')}>
          {(control) => (
            <Input
              {...control}
              size="large"
              maxLength={300}
              value={draft.reason}
              onChange={(event) => change({ reason: event.target.value }, 'reason')}
            />
          )}
        </Field>
        <Field label={t('adjustments.file')} help={t('adjustments.fileHelp')} error={fields.of('attachment')}>
          {({ status: _status, ...control }) => (
            <input
              {...control}
              type="file"
              accept={ACCEPTED_FILES}
              onChange={(event) => change({ file: event.target.files?.[0] ?? null }, 'attachment')}
            />
          )}
        </Field>
        {asking.isError && !fields.any && <ProblemAlert error={asking.error} />}
        <div className={form.buttons}>
          <Button size="large" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="primary" size="large" htmlType="submit" loading={asking.isPending}>
            {t('adjustments.ask')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

interface TermsProps {
  readonly draft: AdjustmentDraft;
  readonly change: (part: Partial<AdjustmentDraft>, ...corrected: DraftField[]) => void;
  readonly errorOf: (field: DraftField) => string | undefined;
}

/** Whose, which, how much. */
function Terms({ draft, change, errorOf }: TermsProps) {
  const { t } = useTranslation();
  const isBonus = draft.purpose === 'bonus';
  const text = (
    field: DraftField,
    part: 'ownerId' | 'day' | 'amount' | 'ends',
    label: string,
    type = 'text',
  ) => (
    <Field label={label} error={errorOf(field)}>
      {(control) => (
        <Input
          {...control}
          size="large"
          type={type}
          prefix={part === 'amount' ? '¥' : undefined}
          inputMode={part === 'amount' ? 'decimal' : undefined}
          maxLength={24}
          value={draft[part]}
          onChange={(event) => change({ [part]: event.target.value }, field)}
        />
      )}
    </Field>
  );
  return (
    <>
      <div className={form.pair}>
        {text('ownerId', 'ownerId', t('adjustments.owner'))}
        {!isBonus && (
          <Field label={t('adjustments.account')} error={undefined}>
            {({ id }) => (
              <Select
                id={id}
                size="large"
                value={draft.account}
                onChange={(account) => change({ account }, 'part', 'ownerId')}
                options={ACCOUNTS.map((value) => ({ value, label: t(`book.kinds.${value}`) }))}
              />
            )}
          </Field>
        )}
        {isBonus && text('expiresAt', 'ends', t('adjustments.ends'), 'datetime-local')}
      </div>
      {!isBonus && draft.account === 'traffic_pending' && text('part', 'day', t('adjustments.day'), 'date')}
      <div className={form.pair}>
        {!isBonus && (
          <Field label={t('adjustments.direction')} error={undefined}>
            {({ id }) => (
              <Segmented
                id={id}
                block
                size="large"
                value={draft.direction}
                onChange={(direction) => change({ direction })}
                options={(['give', 'take'] as const).map((value) => ({
                  value,
                  label: t(`adjustments.directions.${value}`),
                }))}
              />
            )}
          </Field>
        )}
        {text('amount', 'amount', t('adjustments.amount'))}
      </div>
    </>
  );
}

function useAsk(onAsked: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [key, setKey] = useState(randomKey);
  return useMutation({
    mutationFn: async (draft: AdjustmentDraft) =>
      answerOf(
        api.POST('/v1/admin/ledger/adjustments', {
          params: { header: { 'idempotency-key': key } },
          body: await wishOf(draft),
        }),
      ),
    onSuccess: () => {
      void message.success(t('adjustments.asked'));
      setKey(randomKey());
      onAsked();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.allAdjustments }),
  });
}
