import { databaseEnvironment } from '#libs/service';
import { z } from 'zod';

/** What the seed reads from its environment. */
export const seedEnvironment = z.object({
  ...databaseEnvironment.shape,
  NODE_ENV: z
    .string()
    .refine(
      (name) => name !== 'production',
      'is production: everybody knows the password of the demo accounts',
    )
    .optional(),
});

/** `--merchants`: how many numbered merchants there shall be. */
export const merchantCount = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a number of up to six digits')
  .transform(Number);
