import { StandardSchemaValidationPipe } from '@nestjs/common';
import { Problem, type FieldProblem } from './problem.js';

/** A schema's complaint; zod adds the names of unknown fields to it. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

function fieldsOf(issue: Issue): FieldProblem[] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  if (issue.keys !== undefined) {
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      message: 'is not a field of this request',
    }));
  }
  return [{ field: path.join('.') || 'body', message: issue.message }];
}

/** Checks what a route has given a schema for; a refusal names every bad field. */
export const validation = new StandardSchemaValidationPipe({
  exceptionFactory: (issues: readonly Issue[]) => {
    const errors = issues.flatMap(fieldsOf);
    const names = errors.map((error) => error.field).join(', ');
    return new Problem('VALIDATION_FAILED', `Look at: ${names}`, errors);
  },
});
