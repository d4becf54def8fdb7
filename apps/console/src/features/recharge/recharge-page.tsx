import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ApiProblem } from '../../api/problem';
import { readTypedAmount } from '../../money/typed-amount';
import { formatYuan } from '../../money/yuan';
import { useFieldErrors } from '../../ui/field-errors';
import { Page, Panel } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import { useIsHandheld, useIsNarrow } from '../../ui/use-media';
import { AmountChoice } from './amount-choice';
import { ChannelChoice } from './channel-choice';
import { MethodChoice, type Method } from './method-choice';
import styles from './recharge-page.module.css';
import { Summary } from './summary';
import { UnfinishedOrder } from './unfinished-order';
import { useCreateRecharge } from './use-create-recharge';

export function RechargePage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const isHandheld = useIsHandheld();
  const isNarrow = useIsNarrow();
  const [typed, setTyped] = useState(params.get('amount') ?? '');
  const [chosen, setMethod] = useState<Method>();
  const method = chosen ?? (isHandheld ? 'wap' : 'page');
  const { creation, isLeaving } = useCreateRecharge();
  const fields = useFieldErrors<'amount' | 'channel' | 'method'>(creation.error);
  const reading = readTypedAmount(typed);

  const submit = (): void => {
    const isComplete = fields.check({
      amount: reading.ok ? undefined : t(`recharge.amountErrors.${reading.reason}`),
    });
    // A button that is still loading can be pressed by the Enter key.
    if (!isComplete || !reading.ok || creation.isPending || isLeaving) return;
    creation.mutate({ amount: reading.amount, channel: 'alipay', method });
  };

  const submitButton = (
    <Button
      type="primary"
      size="large"
      block
      htmlType="submit"
      loading={creation.isPending || isLeaving}
      disabled={typed === ''}
    >
      {isLeaving
        ? t('recharge.leaving')
        : reading.ok
          ? t('recharge.submit', { amount: formatYuan(reading.amount) })
          : t('recharge.submitNoAmount')}
    </Button>
  );

  return (
    <Page title={t('recharge.title')} lead={t('recharge.lead')}>
      <UnfinishedOrder />
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Panel className={styles.choices}>
          <AmountChoice
            typed={typed}
            error={fields.of('amount')}
            onChange={(text) => {
              setTyped(text);
              fields.forget('amount');
            }}
          />
          <ChannelChoice />
          <MethodChoice method={method} isHandheld={isHandheld} onChange={setMethod} />
        </Panel>
        <Panel className={styles.end}>
          <Summary amount={reading.ok ? reading.amount : null} />
          {creation.isError && !fields.any && <Refusal error={creation.error} />}
          {!isNarrow && submitButton}
          <p className={styles.exact}>{t('recharge.exact')}</p>
        </Panel>
        {isNarrow && <div className={styles.bar}>{submitButton}</div>}
      </form>
    </Page>
  );
}

function Refusal({ error }: { error: Error }) {
  const { t } = useTranslation();
  const isUnknown = error instanceof ApiProblem && error.outcomeUnknown;
  return <ProblemAlert error={error} advice={isUnknown ? t('recharge.safeToRepeat') : undefined} />;
}
