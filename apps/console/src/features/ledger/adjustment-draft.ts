import type { Schemas } from '../../api/client';
import { readTypedAmount } from '../../money/typed-amount';

export type Adjustment = Schemas['Adjustment'];
type ContentType = NonNullable<Adjustment['attachment']>['contentType'];

/** An adjustment as it is being typed; the end as `datetime-local` has it, in the reader's time zone. */
export interface AdjustmentDraft {
  readonly purpose: Adjustment['purpose'];
  readonly account: Adjustment['account'];
  readonly ownerId: string;
  /** Of pending earnings. */
  readonly day: string;
  readonly direction: 'give' | 'take';
  readonly amount: string;
  readonly reason: string;
  readonly ends: string;
  readonly file: File | null;
}

export type DraftField = 'ownerId' | 'part' | 'amount' | 'reason' | 'expiresAt' | 'attachment';

export const EMPTY_DRAFT: AdjustmentDraft = {
  purpose: 'correction',
  account: 'merchant_cash',
  ownerId: '',
  day: '',
  direction: 'give',
  amount: '',
  reason: '',
  ends: '',
  file: null,
};

export const MAX_FILE_BYTES = 1_048_576;
const MIN_REASON = 3;

/** By what a name ends in: systems don't agree on what they call these. */
const CONTENT_TYPES: Readonly<Record<string, ContentType>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  txt: 'text/plain',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

export const ACCEPTED_FILES = Object.keys(CONTENT_TYPES)
  .map((ending) => `.${ending}`)
  .join(',');

export function contentTypeOf(fileName: string): ContentType | undefined {
  return CONTENT_TYPES[fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase()];
}

/** What is wrong with each field before anything is sent, as a key of the dictionary. */
export function problemsOf(draft: AdjustmentDraft, nowMs: number) {
  const isBonus = draft.purpose === 'bonus';
  const isPending = !isBonus && draft.account === 'traffic_pending';
  return {
    ownerId: /^[1-9]\d{0,18}$/.test(draft.ownerId.trim()) ? undefined : ('ownerBad' as const),
    part: isPending && draft.day === '' ? ('dayMissing' as const) : undefined,
    amount: readTypedAmount(draft.amount).ok ? undefined : ('amountBad' as const),
    reason: draft.reason.trim().length < MIN_REASON ? ('reasonShort' as const) : undefined,
    expiresAt:
      isBonus && draft.ends !== '' && Date.parse(draft.ends) <= nowMs ? ('endsBad' as const) : undefined,
    attachment: fileProblemOf(draft, isBonus),
  } satisfies Record<DraftField, string | undefined>;
}

function fileProblemOf({ file }: AdjustmentDraft, isBonus: boolean) {
  if (file === null) return isBonus ? undefined : ('fileMissing' as const);
  if (file.size > MAX_FILE_BYTES || file.size === 0) return 'fileSize' as const;
  return contentTypeOf(file.name) ? undefined : ('fileType' as const);
}

/** As the API takes it; only of a draft without problems. */
export async function wishOf(draft: AdjustmentDraft) {
  const isBonus = draft.purpose === 'bonus';
  const account = isBonus ? ('merchant_bonus' as const) : draft.account;
  const reading = readTypedAmount(draft.amount);
  const amount = reading.ok ? reading.amount : draft.amount;
  const contentType = draft.file && contentTypeOf(draft.file.name);
  return {
    purpose: draft.purpose,
    account,
    ownerId: draft.ownerId.trim(),
    part: account === 'traffic_pending' ? draft.day : null,
    amount: !isBonus && draft.direction === 'take' ? `-${amount}` : amount,
    reason: draft.reason.trim(),
    expiresAt: isBonus && draft.ends !== '' ? new Date(draft.ends).toISOString() : null,
    attachment:
      draft.file && contentType
        ? { fileName: draft.file.name, contentType, content: await base64Of(draft.file) }
        : null,
  };
}

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 32_768)
    binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(binary);
}
