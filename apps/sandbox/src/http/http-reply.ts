import type { ServerResponse } from 'node:http';

/** The part of Fastify's reply that the controllers use. */
export interface HttpReply {
  readonly raw: ServerResponse;
  status(code: number): this;
  header(name: string, value: string): this;
  send(body?: string | Buffer): unknown;
  redirect(url: string, code?: number): unknown;
  /** From now on this app answers by itself, or never. */
  hijack(): unknown;
}
