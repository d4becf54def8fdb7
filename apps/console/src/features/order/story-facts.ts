import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { formatLocale } from '../../i18n/format-locale';
import type { Dictionary } from '../../i18n/en';
import { formatYuan } from '../../money/yuan';

type FactValue = Schemas['RechargeEvent']['facts'][string];
type FactName = keyof Dictionary['story']['facts'];
type Word = keyof Dictionary['story']['words'];

interface FactText {
  readonly name: string;
  readonly value: string;
  readonly isNumber?: boolean;
}

const SUMS = new Set(['amount', 'bonus', 'channelAmount', 'ourAmount']);
/** Facts whose value is one of few words. */
const SAYINGS = new Set(['call', 'outcome', 'said']);
const NUMBERS = new Set(['tradeNo', 'transferId', 'channelRefundNo']);

/** What was asked of a channel and what it said, in the reader's language where that has a word for it. */
export function useStoryWord(): (word: string) => string {
  const { t, i18n } = useTranslation();
  // `exists` has looked: the key is one of the dictionary.
  return (word) => (i18n.exists(`story.words.${word}`) ? t(`story.words.${word as Word}`) : word);
}

/** A fact of an order's story for a person; names that this page does not know are shown as they came. */
export function useFactText(): (name: string, value: FactValue) => FactText {
  const { t, i18n } = useTranslation();
  const wordOf = useStoryWord();
  const moment = new Intl.DateTimeFormat(formatLocale(i18n.language), {
    dateStyle: 'medium',
    timeStyle: 'medium',
  });
  const valueOf = (name: string, value: FactValue): string => {
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    const said = String(value);
    if (SAYINGS.has(name)) return wordOf(said);
    if (SUMS.has(name) && /^-?\d+\.\d+$/.test(said)) return formatYuan(said);
    return /^\d{4}-\d\d-\d\dT/.test(said) ? moment.format(new Date(said)) : said;
  };
  return (name, value) => ({
    // `exists` has looked: the key is one of the dictionary.
    name: i18n.exists(`story.facts.${name}`) ? t(`story.facts.${name as FactName}`) : name,
    value: valueOf(name, value),
    isNumber: NUMBERS.has(name),
  });
}
