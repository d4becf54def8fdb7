import type { Books } from './books.js';

export interface Touched {
  /** Of `orders_0` … `orders_3`. */
  readonly orders: readonly number[];
  /** Of those, `order_details_n` and `attempts_n` together. */
  readonly all: readonly number[];
}

/** MariaDB's general log, which has every statement that any connection sends, with its values. */
export class StatementLog {
  constructor(private readonly books: Books) {}

  /** Which of the order tables are named in the statements that come in while something is done. */
  async tablesTouchedBy(work: () => Promise<unknown>): Promise<Touched> {
    await this.books.query("SET GLOBAL log_output = 'TABLE'");
    await this.books.query('TRUNCATE TABLE `mysql`.`general_log`');
    await this.books.query('SET GLOBAL general_log = ON');
    try {
      await work();
    } finally {
      await this.books.query('SET GLOBAL general_log = OFF');
    }
    const rows = await this.books.query<{ statement: string }>(
      'SELECT CONVERT(`argument` USING utf8mb4) AS statement FROM `mysql`.`general_log`',
    );
    const statements = rows.map(({ statement }) => statement);
    if (!statements.some((statement) => statement.includes('SET GLOBAL general_log = OFF'))) {
      throw new Error('The general log has not even the statement that ended it: it shows nothing');
    }
    return {
      orders: numbersIn(statements, /\borders_(\d+)\b/g),
      all: numbersIn(statements, /\b(?:orders|order_details|attempts)_(\d+)\b/g),
    };
  }
}

function numbersIn(statements: readonly string[], table: RegExp): number[] {
  const found = statements.flatMap((statement) =>
    [...statement.matchAll(table)].map(([, number]) => Number(number)),
  );
  return [...new Set(found)].sort((one, other) => one - other);
}
