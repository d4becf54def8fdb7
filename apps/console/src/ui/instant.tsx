import { useTranslation } from 'react-i18next';
import { formatLocale } from '../i18n/format-locale';

const FORMATS = {
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  exact: { dateStyle: 'medium', timeStyle: 'medium' },
  day: { dateStyle: 'full' },
  date: { dateStyle: 'medium' },
  time: { timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

interface InstantProps {
  /** ISO 8601, as the API tells it; shown in the reader's time zone. */
  readonly at: string;
  readonly format?: keyof typeof FORMATS;
}

export function Instant({ at, format = 'moment' }: InstantProps) {
  const { i18n } = useTranslation();
  const locale = formatLocale(i18n.language);
  return (
    <time dateTime={at} title={new Intl.DateTimeFormat(locale, FORMATS.exact).format(new Date(at))}>
      {new Intl.DateTimeFormat(locale, FORMATS[format]).format(new Date(at))}
    </time>
  );
}
