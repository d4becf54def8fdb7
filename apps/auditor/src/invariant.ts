import type { Database } from '#libs/database';

/** The schemas that the books are spread over. */
export interface Books {
  readonly wallet: Database;
  readonly payment: Database;
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
