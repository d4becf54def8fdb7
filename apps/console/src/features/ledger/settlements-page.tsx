import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { parseYuan } from '../../money/yuan';
import { useCan } from '../../session/use-session';
import { Amount } from '../../ui/amount';
import { useCursorPaging } from '../../ui/cursor-trail';
import { Instant } from '../../ui/instant';
import { ListPanel } from '../../ui/list-panel';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import table from '../../ui/table.module.css';
import { Tag, type Tone } from '../../ui/tag';
import styles from './ledger.module.css';
import { useRefusalText } from './refusal-text';
import { SettlementForm } from './settlement-form';

type Settlement = Schemas['ChannelSettlement'];

const PAGE_SIZE = 20;
const LOOK_AGAIN_MS = 10_000;
const TONES: Readonly<Record<Settlement['state'], Tone>> = {
  RECORDED: 'waiting',
  POSTED: 'good',
  REFUSED: 'bad',
};

export function SettlementsPage() {
  const { t } = useTranslation();
  const maySettle = useCan('ledger:settle');
  const paging = useCursorPaging();
  const query = { ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const settlements = useQuery({
    queryKey: queryKeys.settlements(paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/ledger/settlements', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  });
  return (
    <Page title={t('settlements.title')} lead={t('settlements.lead')}>
      {maySettle && <SettlementForm />}
      <ListPanel
        list={settlements}
        paging={paging}
        empty={<NothingHere title={t('settlements.none')} text={t('settlements.noneText')} />}
      >
        {(items) => (
          <div className={styles.scroll}>
            <table className={table.table} aria-busy={settlements.isPlaceholderData}>
              <thead>
                <tr>
                  <th scope="col">{t('settlements.day')}</th>
                  <th scope="col">{t('settlements.channel')}</th>
                  <th scope="col">{t('settlements.reference')}</th>
                  <th scope="col" className={table.number}>
                    {t('settlements.amount')}
                  </th>
                  <th scope="col">{t('settlements.state')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((settlement) => (
                  <Row key={settlement.id} settlement={settlement} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </ListPanel>
    </Page>
  );
}

function Row({ settlement }: { settlement: Settlement }) {
  const { t } = useTranslation();
  const refusalText = useRefusalText();
  return (
    <tr data-settlement={settlement.bankReference} data-state={settlement.state}>
      <td className={styles.steady}>{settlement.valueDate}</td>
      <td>
        {t(`recharges.channels.${settlement.channel}`)}
        <div className={`${styles.faint} ${styles.steady}`}>
          {t(`settlements.directions.${settlement.direction}`)}
        </div>
      </td>
      <td className={styles.steady}>{settlement.bankReference}</td>
      <td className={table.number}>
        <Amount value={settlement.amount} />
        {parseYuan(settlement.fee) !== 0n && (
          <div className={styles.faint}>
            {t('settlements.fee')} <Amount value={settlement.fee} />
          </div>
        )}
      </td>
      <td>
        <Tag tone={TONES[settlement.state]}>{t(`settlements.states.${settlement.state}`)}</Tag>
        {settlement.refusal !== null && <div className={styles.faint}>{refusalText(settlement.refusal)}</div>}
        <div className={styles.faint}>
          {t('settlements.recordedBy')} {settlement.recordedBy} · <Instant at={settlement.recordedAt} />
        </div>
      </td>
    </tr>
  );
}
