import { z } from 'zod';

/**
 * The JSON Schema of what goes over the wire: the input side of every codec, in both directions, because answers are
 * encoded. A schema's `wire` metadata is added last: zod drops `examples` and `default` on the input side of a codec,
 * thinking of the value in code.
 */
export function wireSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...jsonSchema } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema: target }) => {
      const { wire, ...rest } = target as Record<string, unknown>;
      if (wire === undefined) return;
      for (const key of Object.keys(target)) delete (target as Record<string, unknown>)[key];
      Object.assign(target, rest, wire);
    },
  });
  return jsonSchema;
}
