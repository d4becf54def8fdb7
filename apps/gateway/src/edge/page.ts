import { z } from 'zod';

/** One page of a list, named for the document: `Recharge` → `RechargePage`. */
export function pageOf<Item extends z.ZodType>(item: Item, name: string) {
  return z
    .object({
      items: z.array(item),
      nextCursor: z.string().nullable().meta({ description: 'Null on the last page' }),
    })
    .meta({ id: `${name}Page` });
}
