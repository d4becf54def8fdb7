export type Language = 'zh' | 'en';

/** The language that a browser likes best; Chinese, as Alipay speaks, for one that says nothing. */
export function languageOf(acceptLanguage: string | undefined): Language {
  if (!acceptLanguage?.trim()) return 'zh';
  const wanted = acceptLanguage
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight =
        parameters.map((one) => /^\s*q=([01](?:\.\d{1,3})?)$/.exec(one)?.[1]).find(Boolean) ?? '1';
      return { language: tag === '*' ? 'zh' : tag.split('-')[0], weight: Number(weight) };
    })
    .filter(({ language, weight }) => weight > 0 && (language === 'zh' || language === 'en'))
    .sort((one, other) => other.weight - one.weight);
  return wanted[0]?.language === 'zh' ? 'zh' : 'en';
}
