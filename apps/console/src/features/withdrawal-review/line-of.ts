interface Place {
  readonly line: number | null;
  readonly column: string;
}

/** Where in the bank's file a refusal points: `lines.3.amount`; or at the file as a whole. */
export function lineOf(field: string): Place {
  const [, line, column] = /^lines\.(\d+)(?:\.(.+))?$/.exec(field) ?? [];
  return line === undefined ? { line: null, column: field } : { line: Number(line), column: column ?? '' };
}
