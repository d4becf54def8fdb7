import { Database } from '#libs/database';
import { EXIT_BAD_CONFIGURATION, databaseEnvironment, loadConfig } from '#libs/service';
import type { Books } from './invariant.js';
import { INVARIANTS } from './invariants.js';
import { type Finding, printReport } from './report.js';

/**
 * Proves that the books balance, or prints what is wrong and exits with 1. Reads only; each rule is one statement, which
 * sees one moment, or a walk that reads an end before what leads to it. While payments are going on, a rule between two
 * books can find an order that is just being credited: it is looked at once more before it counts.
 */
async function audit(): Promise<number> {
  const environment = loadConfig('auditor', databaseEnvironment);
  const opened: Database[] = [];
  const open = async (service: string) => {
    const schema = `${environment.MYSQL_SCHEMA_PREFIX}${service}`;
    const database = await new Database({ url: environment.MYSQL_URL, schema, poolSize: 2 }).open();
    opened.push(database);
    return database;
  };
  try {
    const books: Books = {
      wallet: await open('wallet'),
      payment: await open('payment'),
      withdrawal: await open('withdrawal'),
    };
    // What is looked at again is read again.
    const secondLook: Books = { ...books };
    const findings: Finding[] = [];
    for (const invariant of INVARIANTS) {
      const startedAt = performance.now();
      let rows = await invariant.findOffenders(books);
      if (rows.length > 0) rows = await invariant.findOffenders(secondLook);
      findings.push({ invariant, rows, tookMs: performance.now() - startedAt });
    }
    return await printReport(books, findings);
  } finally {
    // Also those before one that could not be opened: they would keep the process alive.
    await Promise.all(opened.map((database) => database.close()));
  }
}

try {
  process.exitCode = await audit();
} catch (error) {
  process.stderr.write(`The books could not be audited: ${(error as Error).message}\n`);
  process.exitCode = EXIT_BAD_CONFIGURATION;
}
