import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { formatYuan } from '../../money/yuan';

type OfferRule = Schemas['OfferRule'];

/** What an offer grants, in a sentence. */
export function useRuleText(): (rule: OfferRule) => string {
  const { t } = useTranslation();
  return (rule) => {
    if (rule.type === 'threshold')
      return rule.tiers
        .map(({ minAmount, bonus }) =>
          t('offers.tierText', { from: formatYuan(minAmount), bonus: formatYuan(bonus) }),
        )
        .join(' · ');
    const percent = String(rule.basisPoints / 100);
    return rule.maxBonus === null
      ? t('offers.percentText', { percent })
      : t('offers.percentMaxText', { percent, max: formatYuan(rule.maxBonus) });
  };
}
