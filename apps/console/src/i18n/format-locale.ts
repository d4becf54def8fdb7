/** Dates as this reader writes them: somebody who asked for British English does not want American dates. */
export function formatLocale(language: string): string {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}
