import type { FieldError } from '#libs/contracts';
import type { z } from 'zod';

/** How the door parses: it keeps the input, to tell a missing field from a wrong one, and words what has no words. */
export const parseOptions: z.core.ParseContext<z.core.$ZodIssue> = { reportInput: true, error: wordingOf };

/** What is wrong with each field, in words that complete the sentence "<field> …". */
export function fieldErrorsOf(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: path === '' ? key : `${path}.${key}`,
        message: 'is not a field of this request',
      }));
    }
    return [{ field: path || 'body', message: issue.input === undefined ? 'is missing' : issue.message }];
  });
}

/** For schemas whose author gave no words of their own. */
function wordingOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    case 'too_small':
      return issue.origin === 'string'
        ? `must have at least ${issue.minimum} characters`
        : `must be at least ${issue.minimum}`;
    default:
      return undefined;
  }
}
