import { errorTable, type ErrorCode } from '#libs/contracts';
import { z } from 'zod';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** RFC 9457, with the platform's code, the request's id and the fields at fault. */
export const problem = z
  .object({
    type: z.string().meta({
      description: 'A URI that names the kind of problem',
      wire: { examples: ['urn:clearbid:problem:NOT_FOUND'] },
    }),
    title: z.string().meta({ description: 'The same for every problem of its code' }),
    status: z.number().int().min(400).max(599),
    detail: z.string().meta({ description: 'What happened here and what to do about it' }),
    code: z.enum(errorCodes),
    instance: z.string().meta({ description: 'The path that was asked for' }),
    requestId: z.string().meta({ description: 'What to quote when asking for help' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Each offending field, named by its path' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof problem>;
