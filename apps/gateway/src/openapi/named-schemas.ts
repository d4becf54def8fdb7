type Json = Record<string, unknown>;

/**
 * Moves every schema that has a name (its author gave it an `id`) from the `$defs` beside its use to one place, and
 * turns the references round: what JSON Schema keeps in `$defs`, OpenAPI keeps in `components/schemas`.
 */
export function collectNamedSchemas<Document>(document: Document): { document: Document; named: Json } {
  const named: Json = {};
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    const { $defs, $ref, ...rest } = value as Json;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Json)) named[name] = visit(definition);
    const visited = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, visit(item)]));
    if (typeof $ref !== 'string') return visited;
    return { $ref: $ref.replace('#/$defs/', '#/components/schemas/'), ...visited };
  };
  return { document: visit(document) as Document, named };
}
