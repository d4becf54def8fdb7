import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { serverNow } from '../../api/server-clock';
import { useCan } from '../../session/use-session';
import { Instant } from '../../ui/instant';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag, type Tone } from '../../ui/tag';
import work from '../operations/work-item.module.css';
import { OfferForm } from './offer-form';
import { useRuleText } from './rule-text';

type Offer = Schemas['Offer'];
type Phase = 'running' | 'coming' | 'ended' | 'disabled';

const TONES: Readonly<Record<Phase, Tone>> = {
  running: 'good',
  coming: 'waiting',
  ended: 'plain',
  disabled: 'bad',
};

export function OffersPage() {
  const { t } = useTranslation();
  const mayManage = useCan('offer:manage');
  const [isMaking, setMaking] = useState(false);
  const offers = useQuery({
    queryKey: queryKeys.offers,
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/recharge-offers', { signal })),
  });
  return (
    <Page
      title={t('offers.title')}
      lead={t('offers.lead')}
      actions={
        mayManage && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
            {t('offers.add')}
          </Button>
        )
      }
    >
      <ListPanel list={offers} empty={<NothingHere title={t('offers.none')} text={t('offers.noneText')} />}>
        {(items) => (
          <ul>
            {items.map((offer) => (
              <OfferItem key={offer.id} offer={offer} />
            ))}
          </ul>
        )}
      </ListPanel>
      {isMaking && <OfferForm onClose={() => setMaking(false)} />}
    </Page>
  );
}

function phaseOf({ enabled, startsAt, endsAt }: Offer): Phase {
  const now = serverNow();
  if (endsAt !== null && Date.parse(endsAt) <= now) return 'ended';
  if (!enabled) return 'disabled';
  return Date.parse(startsAt) > now ? 'coming' : 'running';
}

function OfferItem({ offer }: { offer: Offer }) {
  const { t } = useTranslation();
  const ruleText = useRuleText();
  const mayManage = useCan('offer:manage');
  const changing = useChangeOffer(offer.id);
  const phase = phaseOf(offer);
  return (
    <li className={work.item}>
      <div className={work.head}>
        <strong>{offer.name}</strong>
        <Tag tone={TONES[phase]}>{t(`offers.states.${phase}`)}</Tag>
      </div>
      <p>{ruleText(offer.rule)}</p>
      <p className={work.faint}>
        <Instant at={offer.startsAt} /> – {offer.endsAt === null ? '∞' : <Instant at={offer.endsAt} />}
        {offer.firstRechargeOnly && ` · ${t('offers.firstOnly')}`}
        {offer.perMerchantLimit !== null && ` · ${t('offers.limitText', { count: offer.perMerchantLimit })}`}
      </p>
      {mayManage && phase !== 'ended' && (
        <div className={work.actions}>
          <Button loading={changing.isPending} onClick={() => changing.mutate({ enabled: !offer.enabled })}>
            {t(offer.enabled ? 'offers.disable' : 'offers.enable')}
          </Button>
          <Popconfirm
            title={t('offers.endTitle')}
            description={<div style={{ maxWidth: 280 }}>{t('offers.endText')}</div>}
            okText={t('offers.end')}
            cancelText={t('cancel')}
            onConfirm={() => changing.mutate({ endsAt: new Date(serverNow()).toISOString() })}
          >
            <Button disabled={changing.isPending}>{t('offers.end')}</Button>
          </Popconfirm>
        </div>
      )}
      {changing.isError && <ProblemAlert error={changing.error} />}
    </li>
  );
}

function useChangeOffer(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { enabled?: boolean; endsAt?: string }) =>
      answerOf(api.PATCH('/v1/admin/recharge-offers/{id}', { params: { path: { id } }, body })),
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.offers }),
  });
}
