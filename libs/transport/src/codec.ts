import { z } from 'zod';
import { DomainError } from '#libs/contracts';

/** Enough to correct a form by; a hostile message can't make the refusal larger than itself. */
const MAX_FIELD_ERRORS = 20;

/**
 * From the wire's form to the code's (`"12"` → `12n`).
 *
 * @throws DomainError `VALIDATION_FAILED`, naming each field
 */
export function decode<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  // The wire is not trusted to have the schema's input type: checking that is what this call is for.
  const result = z.safeDecode(schema, value as z.input<Schema>);
  if (!result.success) throw validationFailed(result.error, what);
  return result.data;
}

/**
 * From the code's form to the wire's (`12n` → `"12"`).
 *
 * @throws DomainError `VALIDATION_FAILED`, naming each field
 */
export function encode<Schema extends z.ZodType>(
  schema: Schema,
  value: z.output<Schema>,
  what: string,
): z.input<Schema> {
  const result = z.safeEncode(schema, value);
  if (!result.success) throw validationFailed(result.error, what);
  return result.data;
}

function validationFailed(error: z.ZodError, what: string): DomainError {
  const errors = error.issues
    .slice(0, MAX_FIELD_ERRORS)
    .map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
  const fields = errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  return new DomainError('VALIDATION_FAILED', `${what} is not valid: ${fields.join('; ')}`, { errors });
}
