import type { Database } from '#libs/database';

/** One schema, as far as the audit needs it: it only reads. */
export type Book = Pick<Database, 'schema' | 'query'>;

/** The schemas that the books are spread over, on one server. */
export interface Books {
  readonly wallet: Book;
  readonly payment: Book;
  readonly withdrawal: Book;
}

export type OffendingRow = Readonly<Record<string, unknown>>;

/** Something that must hold of the whole book at any moment between two transactions. */
export interface Invariant {
  readonly name: string;
  /** The rule in a sentence, for whoever reads the finding at night. */
  readonly rule: string;
  /** What breaks it; empty when it holds. At most `ROW_LIMIT` rows, so that a ruined book still prints. */
  readonly findOffenders: (books: Books) => Promise<readonly OffendingRow[]>;
}

export const ROW_LIMIT = 20;
