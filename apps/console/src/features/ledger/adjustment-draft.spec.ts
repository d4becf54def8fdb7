import { describe, expect, it } from '@jest/globals';
import {
  EMPTY_DRAFT,
  MAX_FILE_BYTES,
  contentTypeOf,
  problemsOf,
  wishOf,
  type AdjustmentDraft,
} from './adjustment-draft';

const NOW = Date.parse('2026-11-21T12:00:00');
const file = (name: string, content: string | Uint8Array<ArrayBuffer> = 'letter') =>
  new File([content], name);
const draft = (more: Partial<AdjustmentDraft> = {}): AdjustmentDraft => ({
  ...EMPTY_DRAFT,
  ownerId: '7',
  amount: '50',
  reason: 'booked twice',
  file: file('letter.PDF'),
  ...more,
});
const wrong = (more: Partial<AdjustmentDraft>) =>
  Object.entries(problemsOf(draft(more), NOW)).flatMap(([field, problem]) =>
    problem ? [`${field}:${problem}`] : [],
  );

describe('an adjustment that is being typed', () => {
  it.each<[string, Partial<AdjustmentDraft>, string[]]>([
    ['everything', {}, []],
    ['no number', { ownerId: 'Ada' }, ['ownerId:ownerBad']],
    ['nothing to book', { amount: '0' }, ['amount:amountBad']],
    ['no document', { file: null }, ['attachment:fileMissing']],
    ['an empty document', { file: file('letter.pdf', '') }, ['attachment:fileSize']],
    [
      'a large document',
      { file: file('a.pdf', new Uint8Array(MAX_FILE_BYTES + 1)) },
      ['attachment:fileSize'],
    ],
    ['a program', { file: file('letter.pdf.exe') }, ['attachment:fileType']],
    ['pending earnings of no day', { account: 'traffic_pending' }, ['part:dayMissing']],
    ['a bonus without a document', { purpose: 'bonus', file: null }, []],
    ['a bonus that has ended', { purpose: 'bonus', ends: '2026-11-21T12:00' }, ['expiresAt:endsBad']],
    ['an end that a correction does not have', { ends: '2026-11-21T12:00' }, []],
  ])('with %s has these problems', (_what, more, problems) => {
    expect(wrong(more)).toEqual(problems);
  });

  it('becomes what the API takes, the file byte for byte', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    const wish = await wishOf(draft({ direction: 'take', file: file('账单.csv', bytes) }));
    expect(wish).toMatchObject({ account: 'merchant_cash', part: null, amount: '-50.00', expiresAt: null });
    expect(wish.attachment).toMatchObject({ fileName: '账单.csv', contentType: 'text/csv' });
    expect(Buffer.from(wish.attachment?.content ?? '', 'base64').equals(Buffer.from(bytes))).toBe(true);
  });

  it('of a bonus is always given, to the bonus account, of no day', async () => {
    const typed = {
      purpose: 'bonus',
      account: 'traffic_pending',
      day: '2026-11-20',
      direction: 'take',
    } as const;
    expect(await wishOf(draft({ ...typed, file: null }))).toMatchObject({
      account: 'merchant_bonus',
      part: null,
      amount: '50.00',
      attachment: null,
    });
  });

  it('knows a file by its ending, in either case', () => {
    expect([contentTypeOf('a.JPG'), contentTypeOf('b.xlsx'), contentTypeOf('pdf.')]).toEqual([
      'image/jpeg',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      undefined,
    ]);
  });
});
