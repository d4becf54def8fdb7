import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { LEDGER_GUARDS } from './ledger-guards.mjs';
import { firstFailure, withoutGuard } from './mutants.mjs';
import { ROOT } from './root.mjs';

describe('The guards that npm run mutants takes out', () => {
  it.each(LEDGER_GUARDS)(
    '$guard: can be taken out of $file, and those who should notice are there',
    (mutant) => {
      expect(withoutGuard(ROOT, mutant)).not.toContain(mutant.find);
      for (const spec of mutant.specs) expect([spec, existsSync(join(ROOT, spec))]).toEqual([spec, true]);
    },
  );

  it('are missed when their text is gone', () => {
    const gone = { guard: 'a guard', file: 'package.json', find: 'no such text', replace: '', specs: [] };
    expect(() => withoutGuard(ROOT, gone)).toThrow('"a guard" can\'t be taken out');
  });
});

describe("What a run of specs says about a guard's absence", () => {
  const test = (status: string) => ({ status, fullName: `a test that ${status}` });
  const file = (...assertionResults: ReturnType<typeof test>[]) => ({
    name: 'x.spec.ts',
    message: '',
    assertionResults,
  });

  it('is the first test that failed', () => {
    const testResults = [file(test('passed')), file(test('passed'), test('failed'))];
    expect(firstFailure({ numPassedTests: 2, testResults })).toBe('a test that failed');
  });

  it('is nothing when all pass', () => {
    expect(firstFailure({ numPassedTests: 1, testResults: [file(test('passed'))] })).toBeNull();
  });

  it('is no proof when a file could not be run', () => {
    const testResults = [file(test('passed')), file()];
    expect(() => firstFailure({ numPassedTests: 1, testResults })).toThrow(
      'x.spec.ts could not be run at all',
    );
  });
});
