import { io, type Socket } from 'socket.io-client';
import { eventually } from '#libs/testing';

/** A page of the console that is open, as far as the gateway can tell: it listens and can ask for what it missed. */
export class OpenPage {
  readonly walletChanges: WalletChange[] = [];
  readonly rechargeChanges: RechargeChange[] = [];
  /** Why the connection ended, in Socket.IO's words; undefined while it stands. */
  closedBecause: string | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('wallet.changed', (change: WalletChange) => this.walletChanges.push(change));
    socket.on('recharge.changed', (change: RechargeChange) => this.rechargeChanges.push(change));
    socket.on('disconnect', (reason) => (this.closedBecause = reason));
  }

  /** @throws the gateway's refusal: its message is the problem's code */
  static async at(gatewayUrl: string, token: string | undefined): Promise<OpenPage> {
    const socket = io(gatewayUrl, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      ...(token === undefined ? {} : { auth: { token } }),
    });
    const page = new OpenPage(socket);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', reject);
      });
    } catch (error) {
      socket.disconnect();
      throw error;
    }
    return page;
  }

  /** What came after the newest entry that the page has. */
  resume(request: unknown): Promise<Resumed> {
    return this.socket.timeout(10_000).emitWithAck('resume', request) as Promise<Resumed>;
  }

  untilToldOf(what: string, isTold: (page: OpenPage) => boolean): Promise<true> {
    return eventually(what, () => isTold(this), { withinMs: 15_000 });
  }

  close(): void {
    this.socket.disconnect();
  }
}

interface Entry {
  readonly seq: number;
  readonly amount: string;
  readonly balanceAfter: string;
  readonly reference: string;
}

export interface WalletChange {
  readonly accounts: readonly { readonly kind: string; readonly balance: string; readonly lastSeq: number }[];
  readonly entries: readonly Entry[];
}

export interface RechargeChange {
  readonly id: string;
  readonly state: string;
}

export interface Resumed {
  readonly wallet: { readonly accounts: readonly { readonly balance: string; readonly lastSeq: number }[] };
  readonly entries: readonly Entry[];
  readonly complete: boolean;
  /** Of a refusal, in the place of all the rest. */
  readonly code?: string;
}
