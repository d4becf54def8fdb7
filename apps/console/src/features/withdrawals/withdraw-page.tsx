import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { readTypedAmount } from '../../money/typed-amount';
import { decimalYuan, formatYuan, parseYuan } from '../../money/yuan';
import { Field } from '../../ui/field';
import { useFieldErrors } from '../../ui/field-errors';
import { Page, Panel } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import dialogStyles from '../../ui/reason-dialog.module.css';
import { useEarnings } from '../earnings/earnings-queries';
import { usePayoutAccounts, isUsable, type PayoutAccount } from '../payouts/payout-queries';
import recharge from '../recharge/recharge-page.module.css';
import { StepUpDeclined } from '../step-up/step-up-tokens';
import { useStepUp } from '../step-up/use-step-up';
import { amountProblem } from './amount-problem';
import { PayeeChoice } from './payee-choice';
import { Quote, type WithdrawalQuote } from './quote';
import { useCreateWithdrawal } from './use-create-withdrawal';

const FEN = 10_000n;

export function WithdrawPage() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [wantedId, setWantedId] = useState<string>();
  const [isConfirming, setConfirming] = useState(false);
  const { withPassword, dialog } = useStepUp();
  const creation = useCreateWithdrawal(withPassword);
  const reading = readTypedAmount(typed);
  const amount = reading.ok ? reading.amount : null;
  const available = useEarnings(7).earnings.data?.available;
  const accounts = usePayoutAccounts();
  const usable = accounts.data?.items.filter(isUsable) ?? [];
  const payee = usable.find(({ id }) => id === wantedId) ?? usable[0];
  const quoting = useQuote(amount);
  const quote = amount !== null && quoting.data?.amount === amount ? quoting.data : undefined;
  const problem = creation.error instanceof StepUpDeclined ? null : creation.error;
  const fields = useFieldErrors<'amount' | 'payoutAccountId'>(problem ?? (quote ? null : quoting.error));
  const foreseen = amount === null ? null : amountProblem(amount, available, quote?.limits);
  const amountError =
    fields.of('amount') ??
    (foreseen ? t(`withdraw.${foreseen.key}`, { amount: formatYuan(foreseen.amount) }) : undefined);

  const submit = (): void => {
    const isComplete = fields.check({
      amount: reading.ok ? undefined : t(`recharge.amountErrors.${reading.reason}`),
      payoutAccountId: payee ? undefined : t('withdraw.toMissing'),
    });
    if (isComplete && foreseen === null && quote && !creation.isPending) setConfirming(true);
  };

  return (
    <Page title={t('withdraw.title')} lead={t('withdraw.lead')}>
      <form
        className={recharge.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Panel className={recharge.choices}>
          <AmountField
            typed={typed}
            available={available}
            error={amountError}
            onChange={(text) => {
              setTyped(text);
              fields.forget('amount');
            }}
          />
          <PayeeChoice accounts={accounts} payee={payee} onChange={setWantedId} />
        </Panel>
        <Panel className={recharge.end}>
          <Quote quote={amount === null ? undefined : quoting.data} isStale={quote === undefined} />
          {problem !== null && !fields.any && <Refusal error={problem} />}
          {quoting.isError && !fields.any && <ProblemAlert error={quoting.error} />}
          <Button
            type="primary"
            size="large"
            block
            htmlType="submit"
            loading={creation.isPending}
            disabled={typed === '' || payee === undefined}
          >
            {amount === null
              ? t('withdraw.submitNoAmount')
              : t('withdraw.submit', { amount: formatYuan(amount) })}
          </Button>
        </Panel>
      </form>
      {isConfirming && quote && payee && (
        <Confirm
          quote={quote}
          payee={payee}
          onClose={() => setConfirming(false)}
          onConfirm={() => {
            setConfirming(false);
            creation.mutate({ amount: quote.amount, payoutAccountId: payee.id });
          }}
        />
      )}
      {dialog}
    </Page>
  );
}

/** What an amount costs, asked for as it is typed. */
function useQuote(amount: string | null) {
  return useQuery({
    queryKey: queryKeys.withdrawalQuote(amount),
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/withdrawals/quote', { params: { query: { amount: amount ?? '' } }, signal })),
    enabled: amount !== null,
    placeholderData: keepPreviousData,
  });
}

interface AmountFieldProps {
  readonly typed: string;
  readonly available: string | undefined;
  readonly error: string | undefined;
  readonly onChange: (text: string) => void;
}

function AmountField({ typed, available, error, onChange }: AmountFieldProps) {
  const { t } = useTranslation();
  // Channels pay whole fen; what is smaller stays and becomes more.
  const all = available === undefined ? 0n : (parseYuan(available) / FEN) * FEN;
  return (
    <div>
      <Field
        label={t('withdraw.amount')}
        {...(available !== undefined && {
          help: t('withdraw.available', { amount: formatYuan(available) }),
        })}
        error={error}
      >
        {(control) => (
          <Input
            {...control}
            className={recharge.figures ?? ''}
            size="large"
            prefix="¥"
            inputMode="decimal"
            autoComplete="off"
            maxLength={24}
            value={typed}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      {all > 0n && (
        <Button type="link" style={{ paddingInline: 0 }} onClick={() => onChange(decimalYuan(all))}>
          {t('withdraw.all', { amount: formatYuan(all) })}
        </Button>
      )}
    </div>
  );
}

interface ConfirmProps {
  readonly quote: WithdrawalQuote;
  readonly payee: PayoutAccount;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

function Confirm({ quote, payee, onConfirm, onClose }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={t('withdraw.confirmTitle', { amount: formatYuan(quote.amount) })}
      width={460}
      onCancel={onClose}
      footer={null}
    >
      <div className={dialogStyles.form}>
        <p>
          {t('withdraw.confirmText', {
            net: formatYuan(quote.net),
            method: t(`payouts.methods.${payee.method}`),
            number: payee.maskedNumber,
            name: payee.maskedName,
          })}
        </p>
        <div className={dialogStyles.buttons}>
          <Button size="large" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="primary" size="large" onClick={onConfirm}>
            {t('withdraw.confirm')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function Refusal({ error }: { error: Error }) {
  const { t } = useTranslation();
  const isUnknown = error instanceof ApiProblem && error.outcomeUnknown;
  return <ProblemAlert error={error} advice={isUnknown ? t('withdraw.safeToRepeat') : undefined} />;
}
