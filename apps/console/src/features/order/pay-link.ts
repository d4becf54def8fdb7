import type { Schemas } from '../../api/client';

/** Where the buyer's browser goes to pay; null for codes that are scanned, and for anything that is no web address. */
export function payLinkOf({ payUrl }: Pick<Schemas['Recharge'], 'payUrl'>): string | null {
  return payUrl !== null && isWebAddress(payUrl) ? payUrl : null;
}

export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
