import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DomainError } from '#libs/contracts';
import { Log, Metrics } from '#libs/service';
import helmet from '@fastify/helmet';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayEnvironment } from '../gateway.config.js';
import { refusalOf } from '../problems/problem-of.js';
import { sendProblem } from '../problems/send-problem.js';
import { pathOf } from './path-of.js';

/** What a request id from outside may look like; anything else could forge log lines or grow without end. */
const SANE_REQUEST_ID = /^[\w.-]{8,64}$/;

const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Fastify as the edge wants it: our ids, our limits, no address that a caller could make up. */
export function createEdgeAdapter(environment: GatewayEnvironment): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: environment.BODY_LIMIT_BYTES,
    trustProxy: environment.TRUST_PROXY,
    genReqId: requestIdOf,
    requestIdHeader: false,
    // Longer than a load balancer's, or it would send a request down a connection that is just being closed.
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    requestTimeout: environment.REQUEST_TIMEOUT_MS * 2,
    return503OnClosing: false,
    skipMiddie: true,
    // Malformed addresses fail before any route, and so before Nest's filter.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(refusalOf(error), request, reply),
  });
}

function requestIdOf(request: IncomingMessage): string {
  const offered = request.headers['x-request-id'];
  return typeof offered === 'string' && SANE_REQUEST_ID.test(offered) ? offered : randomUUID();
}

/** Headers, bodies and measurements of every request; see the console's pages and Nest's routes for the answers. */
export async function prepareEdgeServer(
  http: FastifyInstance,
  environment: GatewayEnvironment,
  log: Log,
  metrics: Metrics,
): Promise<void> {
  await http.register(helmet, securityHeaders(environment));
  http.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  parseBodies(http);
  widenBodyLimits(http);
  letConnectionsGo(http);
  observe(http, log, metrics);
}

/** JSON for routes that declare a body, bytes for those that want them, and a refusal of everything else. */
function parseBodies(http: FastifyInstance): void {
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (wantsBytes(request)) return done(null, body);
    if (body.length === 0) return done(null, undefined);
    try {
      done(null, JSON.parse(body.toString('utf8')));
    } catch {
      const errors = [{ field: 'body', message: 'must be JSON' }];
      done(
        new DomainError('VALIDATION_FAILED', 'The body is not JSON: correct it and send it again', {
          errors,
        }),
      );
    }
  });
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (wantsBytes(request) || body.length === 0) return done(null, body.length === 0 ? undefined : body);
    const sent = request.headers['content-type'] ?? 'no content type';
    const errors = [{ field: 'content-type', message: 'must be application/json' }];
    done(
      new DomainError('UNSUPPORTED_MEDIA_TYPE', `Send the body as application/json, not ${sent}`, { errors }),
    );
  });
}

function wantsBytes(request: FastifyRequest): boolean {
  return (request.routeOptions.config as { rawBody?: boolean }).rawBody === true;
}

/** Routes that take a file say how long a body they take; Nest hands their word on as configuration only. */
function widenBodyLimits(http: FastifyInstance): void {
  http.addHook('onRoute', (route) => {
    const { bodyLimitBytes } = (route.config ?? {}) as { bodyLimitBytes?: number };
    if (bodyLimitBytes !== undefined) route.bodyLimit = bodyLimitBytes;
  });
}

/**
 * A closing server waits for its connections, and one that was busy when it began to close would be kept alive for
 * the client's next request: each answer from then on says that it is the last.
 */
function letConnectionsGo(http: FastifyInstance): void {
  let closing = false;
  http.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  http.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
}

function observe(http: FastifyInstance, log: Log, metrics: Metrics): void {
  const durations = metrics.durations('http_request', 'HTTP requests by route and status', [
    'method',
    'route',
    'status',
  ]);
  http.addHook('onResponse', (request, reply, done) => {
    const { method, id: requestId } = request;
    const status = reply.statusCode;
    // The route's pattern, never the path: ids would make a metric each.
    durations.observe(
      { method, route: request.routeOptions.url ?? 'none', status },
      reply.elapsedTime / 1000,
    );
    log.debug(
      { requestId, method, path: pathOf(request), status, durationMs: reply.elapsedTime },
      'answered',
    );
    done();
  });
}

/** A policy that antd (which writes its styles into the page) and Swagger UI can live with, and little else. */
function securityHeaders({ PUBLIC_URL }: GatewayEnvironment) {
  const isHttps = PUBLIC_URL?.startsWith('https:') === true;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        connectSrc: ["'self'", ...(PUBLIC_URL === undefined ? [] : [PUBLIC_URL.replace(/^http/, 'ws')])],
        fontSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: true } : (false as const),
    // The cashier of a payment channel opens in the same window or another, and may well want to know where it came from.
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' as const },
  };
}
