import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedNotify {
  readonly at: number;
  readonly contentType: string | undefined;
  readonly fields: URLSearchParams;
}

type Answer = (notify: ReceivedNotify, count: number) => { status: number; body: string };

const CONFIRM: Answer = () => ({ status: 200, body: 'success' });

/** The merchant's door for notifies: a real server that keeps what it gets and answers as told. */
export class NotifyReceiver {
  readonly received: ReceivedNotify[] = [];
  /** Connections that were opened to it. */
  connections = 0;
  answer: Answer = CONFIRM;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
    this.server.on('connection', (_socket: Socket) => {
      this.connections += 1;
    });
  }

  static async listen(): Promise<NotifyReceiver> {
    const receiver = new NotifyReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/notify/alipay`;
  }

  of(outTradeNo: string): ReceivedNotify[] {
    return this.received.filter((notify) => notify.fields.get('out_trade_no') === outTradeNo);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const notify = {
      at: Date.now(),
      contentType: request.headers['content-type'],
      fields: new URLSearchParams(body),
    };
    this.received.push(notify);
    const answer = this.answer(notify, this.received.length);
    response.writeHead(answer.status).end(answer.body);
  }
}
