import { Alert, Button } from 'antd';
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
import { MethodChoice } from './method-choice';
import { OfferChoice } from './offer-choice';
import { useOfferQuotes } from './offers';
import { methodsOf, usePayMethods, type Channel, type Method } from './pay-methods';
import styles from './recharge-page.module.css';
import { Summary } from './summary';
import { UnfinishedOrder } from './unfinished-order';
import { useCreateRecharge } from './use-create-recharge';

export function RechargePage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const isNarrow = useIsNarrow();
  const [typed, setTyped] = useState(params.get('amount') ?? '');
  const { creation, isLeaving } = useCreateRecharge();
  const fields = useFieldErrors<'amount' | 'channel' | 'method'>(creation.error);
  const reading = readTypedAmount(typed);
  const way = useWayToPay();
  const offer = useOfferChoice(reading.ok ? reading.amount : null);

  const submit = (): void => {
    const isComplete = fields.check({
      amount: reading.ok ? undefined : t(`recharge.amountErrors.${reading.reason}`),
    });
    // A button that is still loading can be pressed by the Enter key.
    if (!isComplete || !reading.ok || creation.isPending || isLeaving || way.method === undefined) return;
    creation.mutate({
      amount: reading.amount,
      channel: way.channel,
      method: way.method,
      ...(offer.chosen && { offerId: offer.chosen.offerId }),
    });
  };

  const submitButton = (
    <Button
      type="primary"
      size="large"
      block
      htmlType="submit"
      loading={creation.isPending || isLeaving}
      disabled={typed === '' || way.method === undefined}
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
          <ChannelChoice channel={way.channel} isOpen={way.isOpen} onChange={way.setChannel} />
          {way.offered.length > 0 ? (
            <MethodChoice method={way.method} offered={way.offered} onChange={way.setMethod} />
          ) : (
            <Alert type="warning" showIcon title={t('recharge.noneOpen')} />
          )}
          <OfferChoice quotes={offer.quotes} chosen={offer.chosen} onChange={offer.choose} />
        </Panel>
        <Panel className={styles.end}>
          <Summary amount={reading.ok ? reading.amount : null} bonus={offer.chosen?.bonusAmount ?? null} />
          {creation.isError && !fields.any && <Refusal error={creation.error} />}
          {!isNarrow && submitButton}
          <p className={styles.exact}>{t('recharge.exact')}</p>
        </Panel>
        {isNarrow && <div className={styles.bar}>{submitButton}</div>}
      </form>
    </Page>
  );
}

function useWayToPay() {
  const isHandheld = useIsHandheld();
  const { data: open } = usePayMethods();
  const [wantedChannel, setChannel] = useState<Channel>('alipay');
  const [wantedMethod, setMethod] = useState<Method>();
  const isOpen = (channel: Channel): boolean => methodsOf(open, channel, isHandheld).length > 0;
  const channel = isOpen(wantedChannel) ? wantedChannel : wantedChannel === 'alipay' ? 'wechat' : 'alipay';
  const offered = methodsOf(open, channel, isHandheld);
  const method = offered.find((each) => each === wantedMethod) ?? offered[0];
  return { channel, setChannel, method, setMethod, offered, isOpen };
}

/** The best offer is taken unless somebody wants another one, or none. */
function useOfferChoice(amount: string | null) {
  const quotes = useOfferQuotes(amount);
  const [wanted, choose] = useState<string | null>();
  const chosen =
    wanted === null ? null : (quotes.find(({ offerId }) => offerId === wanted) ?? quotes[0] ?? null);
  return { quotes, chosen, choose };
}

function Refusal({ error }: { error: Error }) {
  const { t } = useTranslation();
  const isUnknown = error instanceof ApiProblem && error.outcomeUnknown;
  return <ProblemAlert error={error} advice={isUnknown ? t('recharge.safeToRepeat') : undefined} />;
}
