import { useTranslation } from 'react-i18next';
import { formatLocale } from '../../i18n/format-locale';
import { Tag } from '../../ui/tag';
import type { PayoutAccount } from './payout-queries';

const FORMAT = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' } as const;

/** From when on a new account can be paid to. */
export function CoolingDown({ account: { usableFrom } }: { account: PayoutAccount }) {
  const { t, i18n } = useTranslation();
  const at = new Intl.DateTimeFormat(formatLocale(i18n.language), FORMAT).format(new Date(usableFrom));
  return <Tag tone="waiting">{t('payouts.coolingDown', { at })}</Tag>;
}
