import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, Input, InputNumber, Modal, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Field } from '../../ui/field';
import { ProblemAlert } from '../../ui/problem-alert';
import { problemsOf, termsOf, type DraftProblem, type OfferDraft } from './offer-draft';
import styles from './offer-form.module.css';
import { TierFields } from './tier-fields';

const LOCAL_TIME = 'YYYY-MM-DDTHH:mm';
const TYPES = ['percentage', 'threshold'] as const;

const emptyDraft = (): OfferDraft => ({
  name: '',
  type: 'percentage',
  percent: '10',
  maxBonus: '',
  tiers: [{ from: '1000.00', bonus: '50.00' }],
  starts: dayjs().format(LOCAL_TIME),
  ends: '',
  firstOnly: false,
  limit: null,
});

export function OfferForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(emptyDraft);
  const [problems, setProblems] = useState<ReadonlySet<DraftProblem>>(new Set());
  const creating = useCreateOffer(onClose);
  const change = (part: Partial<OfferDraft>): void => {
    setDraft({ ...draft, ...part });
    setProblems(new Set());
  };
  const submit = (): void => {
    const found = problemsOf(draft);
    setProblems(found);
    if (found.size === 0 && !creating.isPending) creating.mutate(draft);
  };
  const textField = (
    part: 'name' | 'percent' | 'maxBonus' | 'starts' | 'ends',
    label: string,
    error: string | undefined,
    type = 'text',
  ) => (
    <Field label={label} error={error}>
      {(control) => (
        <Input
          {...control}
          size="large"
          type={type}
          maxLength={part === 'name' ? 80 : 20}
          value={draft[part]}
          onChange={(event) => change({ [part]: event.target.value })}
        />
      )}
    </Field>
  );
  const wrong = (part: DraftProblem, words: string): string | undefined =>
    problems.has(part) ? words : undefined;

  return (
    <Modal open title={t('offers.add')} width={620} onCancel={onClose} footer={null}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {textField('name', t('offers.name'), wrong('name', t('offers.nameMissing')))}
        <Segmented
          block
          aria-label={t('offers.type')}
          value={draft.type}
          onChange={(type) => change({ type })}
          options={TYPES.map((value) => ({ value, label: t(`offers.types.${value}`) }))}
        />
        {draft.type === 'percentage' ? (
          <div className={styles.pair}>
            {textField('percent', t('offers.percent'), wrong('percent', t('offers.percentBad')))}
            {textField('maxBonus', t('offers.maxBonus'), wrong('maxBonus', t('offers.amountBad')))}
          </div>
        ) : (
          <TierFields
            tiers={draft.tiers}
            error={wrong('tiers', t('offers.amountBad'))}
            onChange={(tiers) => change({ tiers })}
          />
        )}
        <div className={styles.pair}>
          {textField('starts', t('offers.starts'), undefined, 'datetime-local')}
          {textField('ends', t('offers.ends'), wrong('ends', t('offers.endsBad')), 'datetime-local')}
        </div>
        <Field label={t('offers.limit')} error={undefined}>
          {(control) => (
            <InputNumber
              {...control}
              className={styles.limit ?? ''}
              size="large"
              min={1}
              max={10_000}
              precision={0}
              placeholder={t('offers.noLimit')}
              value={draft.limit}
              onChange={(limit) => change({ limit })}
            />
          )}
        </Field>
        <Checkbox checked={draft.firstOnly} onChange={(event) => change({ firstOnly: event.target.checked })}>
          {t('offers.firstOnly')}
        </Checkbox>
        {creating.isError && <ProblemAlert error={creating.error} />}
        <div className={styles.buttons}>
          <Button size="large" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="primary" size="large" htmlType="submit" loading={creating.isPending}>
            {t('offers.add')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function useCreateOffer(onCreated: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (draft: OfferDraft) =>
      answerOf(api.POST('/v1/admin/recharge-offers', { body: termsOf(draft) })),
    onSuccess: () => {
      void message.success(t('offers.created'));
      onCreated();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.offers }),
  });
}
