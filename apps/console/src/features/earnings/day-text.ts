import { useTranslation } from 'react-i18next';
import { formatLocale } from '../../i18n/format-locale';

const FORMATS = {
  short: { month: 'short', day: 'numeric' },
  full: { dateStyle: 'medium' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** A day of Beijing's calendar in words: it is no moment, so no time zone may move it. */
export function useDayText(): (day: string, format?: keyof typeof FORMATS) => string {
  const { i18n } = useTranslation();
  const locale = formatLocale(i18n.language);
  return (day, format = 'full') =>
    new Intl.DateTimeFormat(locale, { ...FORMATS[format], timeZone: 'UTC' }).format(new Date(day));
}
