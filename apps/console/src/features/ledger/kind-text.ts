import { useTranslation } from 'react-i18next';
import type { Dictionary } from '../../i18n/en';

type Kind = keyof Dictionary['book']['kinds'];

/** What a kind of account is called; one that this page does not know yet keeps its own name. */
export function useKindText(): (kind: string) => string {
  const { t, i18n } = useTranslation();
  return (kind) => (i18n.exists(`book.kinds.${kind}`) ? t(`book.kinds.${kind as Kind}`) : kind);
}
