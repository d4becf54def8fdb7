import { z } from 'zod';
import { endpoint } from '../endpoint/endpoint.js';

const readiness = z
  .object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), reason: z.string().optional() })),
  })
  .meta({ id: 'Readiness' });

export const getLiveness = endpoint({
  permission: 'public',
  summary: 'Whether this process runs',
  rateLimit: 'unlimited',
  response: z.object({ live: z.literal(true) }).meta({ id: 'Liveness' }),
});

export const getReadiness = endpoint({
  permission: 'public',
  summary: 'Whether every service answers and Redis can be reached',
  rateLimit: 'unlimited',
  response: readiness,
  otherResponses: { 503: { description: 'Not ready: `checks` says what is missing', schema: readiness } },
});

export const getMetrics = endpoint({
  permission: 'public',
  summary: 'Metrics of this process for Prometheus',
  rateLimit: 'unlimited',
  response: { contentType: 'text/plain', description: 'Prometheus text format' },
});
