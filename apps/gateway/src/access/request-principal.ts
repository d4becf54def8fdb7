import type { identity } from '#libs/contracts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, once the guard has let the request in; nobody on public routes. */
    principal?: identity.Principal;
  }
}
