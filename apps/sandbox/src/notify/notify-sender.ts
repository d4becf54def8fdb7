import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Delivery, NotifyMessage } from './notify-job.js';

/** A merchant that has not answered by then is asked again later. */
const ANSWER_TIMEOUT_MS = 15_000;
/** More of an answer than anybody needs to see why it was not the right one. */
const MAX_ANSWER_BYTES = 256;

const CONNECTIONS = { keepAlive: true, maxSockets: 256, maxFreeSockets: 256 } as const;

/** Posts notifies over kept connections. Every outcome is a value: a merchant that is down is nothing unusual here. */
@Injectable()
export class NotifySender implements OnApplicationShutdown {
  private readonly http = new HttpAgent(CONNECTIONS);
  private readonly https = new HttpsAgent(CONNECTIONS);

  async send(message: NotifyMessage): Promise<Delivery> {
    const at = Date.now();
    const started = performance.now();
    const outcome = await this.post(message, true).catch((error: unknown) => ({
      status: null,
      answer: '',
      error: error instanceof Error ? error.message : String(error),
    }));
    return { at, durationMs: Math.round(performance.now() - started), ...outcome };
  }

  onApplicationShutdown(): void {
    this.http.destroy();
    this.https.destroy();
  }

  private post(message: NotifyMessage, mayRepeat: boolean): Promise<{ status: number; answer: string }> {
    return new Promise((resolve, reject) => {
      const secure = message.url.startsWith('https:');
      const request = (secure ? requestHttps : requestHttp)(message.url, {
        method: 'POST',
        agent: secure ? this.https : this.http,
        headers: { ...message.headers, 'content-length': Buffer.byteLength(message.body) },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      request.on('response', (response) => {
        void readAnswer(response).then(
          (answer) => resolve({ status: response.statusCode ?? 0, answer }),
          reject,
        );
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The merchant closed an idle connection in the moment it was used again: nobody has seen this request.
        if (mayRepeat && request.reusedSocket && error.code === 'ECONNRESET') {
          this.post(message, false).then(resolve, reject);
        } else {
          reject(
            error.name === 'TimeoutError' ? new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`) : error,
          );
        }
      });
      request.end(message.body);
    });
  }
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      response.destroy();
      break;
    }
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_ANSWER_BYTES);
}
