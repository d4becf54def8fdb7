import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to Redis that can go silent: nothing gets through any more, and nobody is told. */
export class SilentProxy {
  private readonly server = createServer((socket) => this.accept(socket));
  private readonly sockets = new Set<Socket>();
  private silent = false;

  private constructor(private readonly targetPort: number) {}

  static async to(targetPort: number): Promise<SilentProxy> {
    const proxy = new SilentProxy(targetPort);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.server.address();
    return address === null || typeof address === 'string' ? 0 : address.port;
  }

  /** Connections made from now on are silent or not; those that have gone silent stay so. */
  goSilent(silent: boolean): void {
    this.silent = silent;
    if (silent) for (const socket of this.sockets) socket.unpipe().resume();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    const upstream = connect(this.targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => undefined).on('close', () => void this.sockets.delete(from));
      if (!this.silent) from.pipe(to);
    }
  }
}
