import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './health.js';
import type { Metrics } from './metrics.js';

/** `/health/live`, `/health/ready` and `/metrics` of a service that has no HTTP of its own. */
export class HealthServer {
  private readonly server: Server;

  constructor(health: Health, metrics: Metrics) {
    this.server = createServer((request, response) => {
      void answer(request.url ?? '/', health, metrics).then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type }).end(body);
      });
    });
  }

  /** @returns the address it listens on. */
  async listen(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, resolve);
    });
    const address = this.server.address() as AddressInfo;
    return `http://${host}:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

async function answer(path: string, health: Health, metrics: Metrics): Promise<Answer> {
  const json = (status: number, body: unknown): Answer => ({
    status,
    type: 'application/json',
    body: JSON.stringify(body),
  });
  switch (path) {
    case '/health/live':
      return json(200, { live: true });
    case '/health/ready': {
      const state = await health.ready();
      return json(state.ready ? 200 : 503, state);
    }
    case '/metrics':
      return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
    default:
      return json(404, { error: 'Only /health/live, /health/ready and /metrics are served here' });
  }
}
