import { GiftOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { formatYuan } from '../../money/yuan';
import { ChoiceCard } from '../../ui/choice-card';
import { useRuleText } from '../offers/rule-text';
import type { OfferQuote } from './offers';
import styles from './recharge-page.module.css';

interface OfferChoiceProps {
  readonly quotes: readonly OfferQuote[];
  readonly chosen: OfferQuote | null;
  readonly onChange: (offerId: string | null) => void;
}

export function OfferChoice({ quotes, chosen, onChange }: OfferChoiceProps) {
  const { t } = useTranslation();
  const ruleText = useRuleText();
  if (quotes.length === 0) return null;
  return (
    <fieldset className={styles.group}>
      <legend>{t('recharge.offer')}</legend>
      <div className={styles.cards}>
        {quotes.map((quote) => (
          <ChoiceCard
            key={quote.offerId}
            name="offer"
            title={`${quote.name} · ${t('recharge.offerGrants', { bonus: formatYuan(quote.bonusAmount) })}`}
            text={ruleText(quote.rule)}
            icon={<GiftOutlined style={{ color: 'var(--jade)', fontSize: 20, marginTop: 3 }} />}
            checked={quote.offerId === chosen?.offerId}
            onChoose={() => onChange(quote.offerId)}
          />
        ))}
        <ChoiceCard
          name="offer"
          title={t('recharge.offerNone')}
          text={t('recharge.offerNoneText')}
          checked={chosen === null}
          onChoose={() => onChange(null)}
        />
      </div>
    </fieldset>
  );
}
