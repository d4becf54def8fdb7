/** As many characters of a text as fit, none of them cut in two as `slice` would. */
export function fitCharacters(value: string, maxLength: number): string {
  return Array.from(value).slice(0, maxLength).join('');
}
