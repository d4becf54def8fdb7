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
export const merchantCount = z.coerce.number().int().min(0).max(1_000_000);
