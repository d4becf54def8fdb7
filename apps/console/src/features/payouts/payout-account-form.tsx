import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Field } from '../../ui/field';
import { useFieldErrors } from '../../ui/field-errors';
import { ProblemAlert } from '../../ui/problem-alert';
import form from '../offers/offer-form.module.css';
import { StepUpDeclined } from '../step-up/step-up-tokens';
import { useStepUp } from '../step-up/use-step-up';
import type { PayoutAccount } from './payout-queries';

type Method = PayoutAccount['method'];
type TextField = 'number' | 'holderName' | 'bankName';

const METHODS = ['alipay', 'wechat', 'bank'] as const satisfies readonly Method[];
const EMPTY = { number: '', holderName: '', bankName: '' } satisfies Record<TextField, string>;

type Draft = typeof EMPTY & { readonly method: Method };

export function PayoutAccountForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, method: 'alipay' });
  const { withPassword, dialog } = useStepUp();
  const adding = useAdd(withPassword, onClose);
  const problem = adding.error instanceof StepUpDeclined ? null : adding.error;
  const fields = useFieldErrors<TextField>(problem);
  const isBank = draft.method === 'bank';
  const submit = (): void => {
    const isComplete = fields.check({
      number: draft.number.trim().length < 4 ? t('payouts.numberMissing') : undefined,
      holderName: draft.holderName.trim().length < 2 ? t('payouts.nameMissing') : undefined,
      bankName: isBank && draft.bankName.trim().length < 2 ? t('payouts.bankMissing') : undefined,
    });
    if (isComplete && !adding.isPending) adding.mutate(draft);
  };
  const text = (name: TextField, label: string, help?: string) => (
    <Field label={label} {...(help !== undefined && { help })} error={fields.of(name)}>
      {(control) => (
        <Input
          {...control}
          size="large"
          maxLength={100}
          autoComplete={name === 'holderName' ? 'name' : 'off'}
          inputMode={name === 'number' && isBank ? 'numeric' : undefined}
          value={draft[name]}
          onChange={(event) => {
            setDraft({ ...draft, [name]: event.target.value });
            fields.forget(name);
          }}
        />
      )}
    </Field>
  );
  return (
    <Modal open title={t('payouts.add')} onCancel={onClose} footer={null}>
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
          aria-label={t('payouts.method')}
          value={draft.method}
          onChange={(method) => {
            setDraft({ ...draft, method });
            fields.forget('number', 'bankName');
          }}
          options={METHODS.map((value) => ({ value, label: t(`payouts.methods.${value}`) }))}
        />
        {text('number', t(`payouts.number.${draft.method}`), t('payouts.kept'))}
        {text('holderName', t('payouts.holderName'), t('payouts.holderNameHelp'))}
        {isBank && text('bankName', t('payouts.bankName'))}
        {problem !== null && !fields.any && <ProblemAlert error={problem} />}
        <div className={form.buttons}>
          <Button size="large" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="primary" size="large" htmlType="submit" loading={adding.isPending}>
            {t('payouts.add')}
          </Button>
        </div>
      </form>
      {dialog}
    </Modal>
  );
}

function useAdd(withPassword: ReturnType<typeof useStepUp>['withPassword'], onAdded: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ method, number, holderName, bankName }: Draft) =>
      withPassword((header) =>
        answerOf(
          api.POST('/v1/payout-accounts', {
            params: { header },
            body: { method, number, holderName, ...(method === 'bank' && { bankName }) },
          }),
        ),
      ),
    onSuccess: () => {
      void message.success(t('payouts.added'));
      onAdded();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.payoutAccounts }),
  });
}
