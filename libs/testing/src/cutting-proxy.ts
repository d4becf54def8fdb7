import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** What a text query for COMMIT ends with on the wire: the command byte and the statement. */
const COMMIT = Buffer.from('\u0003COMMIT', 'latin1');

/** `request`: the server never hears of the COMMIT. `answer`: it has committed, and nobody is told. */
export type CutPoint = 'request' | 'answer';

/**
 * A way to MySQL that breaks at the worst moment there is: at COMMIT, where nobody can tell from the broken connection
 * whether the transaction stands. What tells the two cases apart is on the server's side only.
 */
export class CuttingProxy {
  private readonly server = createServer((client) => this.accept(client));
  private readonly sockets = new Set<Socket>();
  private readonly pending: CutPoint[] = [];
  private cutCount = 0;

  private constructor(private readonly target: URL) {}

  /** @param url `mysql://…`, as of `testMysql`. */
  static async to(url: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(new URL(url));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The same account, through this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.toString();
  }

  /** How many connections were cut so far. */
  get cuts(): number {
    return this.cutCount;
  }

  /** Cuts the connections of the next COMMITs that come by, one for each point given. */
  cutAtCommit(...points: readonly CutPoint[]): void {
    this.pending.push(...points);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    const upstream = connect(Number(this.target.port || 3306), this.target.hostname);
    let answerIsCut = false;
    const cut = () => {
      this.cutCount += 1;
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => void this.sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', (chunk: Buffer) => {
      const point = chunk.subarray(-COMMIT.length).equals(COMMIT) ? this.pending.shift() : undefined;
      if (point === 'request') return cut();
      answerIsCut = point === 'answer';
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (answerIsCut) cut();
      else client.write(chunk);
    });
  }
}
