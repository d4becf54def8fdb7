import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { Log } from '#libs/service';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { pathOf } from './path-of.js';

const INDEX = 'index.html';
/** Not pages: a wrong address there must say so, and not answer with the console. */
const API_PATH = /^\/(v1|health|metrics|docs|openapi\.json|socket\.io)(\/|$)/;

/** The console as Vite built it: hashed assets for ever, and its index wherever a browser asks for a page. */
@Injectable()
export class ConsolePages {
  private readonly root: string;
  private readonly available: boolean;

  constructor(
    { environment }: GatewayConfig,
    private readonly log: Log,
  ) {
    this.root = resolve(environment.CONSOLE_DIR);
    this.available = existsSync(join(this.root, INDEX));
  }

  async register(http: FastifyInstance): Promise<void> {
    if (!this.available) {
      this.log.warn(
        { folder: this.root },
        'No console here: build it, or set CONSOLE_DIR; serving the API only',
      );
      return;
    }
    await http.register(fastifyStatic, {
      root: this.root,
      // One route a file that exists now; anything else never touches the disk.
      wildcard: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.startsWith(join(this.root, 'assets'));
        void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }

  /** Answers a browser that wants a page; the console's own router shows which. */
  serve(request: FastifyRequest, reply: FastifyReply): boolean {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!this.available || !wantsPage || API_PATH.test(pathOf(request))) return false;
    void reply.sendFile(INDEX);
    return true;
  }
}
