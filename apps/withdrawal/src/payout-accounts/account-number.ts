import type { withdrawal } from '#libs/contracts';

interface NumberRule {
  readonly pattern: RegExp;
  readonly message: string;
}

const RULES: Readonly<Record<withdrawal.PayoutMethod, NumberRule>> = {
  alipay: {
    pattern: /^(?:2088\d{12}|1[3-9]\d{9}|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)$/,
    message: 'must be an email address, a mobile number of 11 digits, or a user id that begins with 2088',
  },
  wechat: { pattern: /^[\w-]{20,64}$/, message: 'must be an openid, as WeChat gives it to our application' },
  bank: { pattern: /^\d{12,19}$/, message: 'must be the 12 to 19 digits of a bank card' },
};

/** The one way in which a number is written: without spaces, and without the dashes that people put into card numbers. */
export function normalNumber(method: withdrawal.PayoutMethod, number: string): string {
  const bare = number.replaceAll(/\s/g, '');
  if (method === 'bank') return bare.replaceAll('-', '');
  return method === 'alipay' ? bare.toLowerCase() : bare;
}

/** @returns what is wrong with a number, in words; undefined when it can be one. */
export function numberProblem(method: withdrawal.PayoutMethod, number: string): string | undefined {
  const { pattern, message } = RULES[method];
  if (!pattern.test(number)) return message;
  if (method === 'bank' && !hasCheckDigit(number))
    return 'has a digit that is wrong: its check digit does not fit';
  return undefined;
}

/** ISO/IEC 7812-1, Annex B: from the right, every second digit doubled, all digits summed, a multiple of ten. */
function hasCheckDigit(number: string): boolean {
  const sum = number
    .split('')
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** `•••• 6789`, `li•••@example.com`: enough to recognise one's own, too little for anybody else. */
export function maskedNumber(method: withdrawal.PayoutMethod, number: string): string {
  const [local = '', domain] = number.split('@');
  // Of a short one the half at most, or nothing would be hidden.
  const shown = Math.min(2, Math.floor(local.length / 2));
  if (method === 'alipay' && domain !== undefined) return `${local.slice(0, shown)}•••@${domain}`;
  return `•••• ${number.slice(-4)}`;
}

/** What a bank or a channel says, with whatever looks like an account's number masked: they like to repeat it. */
export function withoutNumbers(words: string): string {
  return words
    .replaceAll(/\d(?:[ -]?\d){10,}/g, (digits) => `•••• ${digits.replaceAll(/\D/g, '').slice(-4)}`)
    .replaceAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, (address) => maskedNumber('alipay', address));
}

/** `•小明` → `•明`: all but the last character is hidden. */
export function maskedName(name: string): string {
  const characters = Array.from(name);
  return `${'•'.repeat(Math.max(1, Math.min(3, characters.length - 1)))}${characters.at(-1) ?? ''}`;
}

/** Two writings of one name are one: width, case and the dots and spaces within it don't tell people apart. */
export function normalName(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\s·.']/g, '')
    .toUpperCase();
}
