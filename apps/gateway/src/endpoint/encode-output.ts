import { z } from 'zod';
import { isVerbatim, type EndpointDefinition } from './endpoint.js';

/**
 * A handler's result as it goes over the wire: amounts and times become text, and fields that the response does not
 * declare stay inside.
 */
export function encodeOutput({ parts: { response } }: EndpointDefinition, output: unknown): unknown {
  if (response === undefined || isVerbatim(response)) return output;
  return z.encode(response, output);
}
