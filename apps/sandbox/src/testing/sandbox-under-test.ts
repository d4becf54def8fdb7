import { createVerify } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '#libs/service';
import type { AlipayApplicationEntry } from '../alipay/alipay-applications.js';
import { SandboxConfig } from '../config.js';
import { startSandbox, type RunningSandbox } from '../sandbox.js';
import { Merchant } from './merchant.js';
import { until } from './until.js';

interface GatewayReply {
  readonly status: number;
  readonly contentType: string | null;
  /** Exactly as it came. */
  readonly text: string;
  /** The inner object. */
  readonly body: Record<string, string>;
  readonly sign: string | undefined;
}

interface ControlReply {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: ControlBody;
}

export interface TruthNotify {
  readonly state: string;
  readonly nextAt: string;
  readonly deliveries: readonly { readonly status: number | null; readonly answer: string }[];
}

/** The channel's truth of one trade. */
export interface Truth {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly status: string;
  readonly paidAmount: string;
  readonly createdAt: string;
  readonly paidAt: string;
  readonly queries: number;
  readonly orderedFaults: Readonly<Record<string, number>>;
  readonly notifies: readonly TruthNotify[];
}

/** Everything that any answer of the control API may have in it; which of it is there is what the specs check. */
interface ControlBody extends Truth {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  readonly items: readonly Truth[];
  readonly nextCursor: string | null;
  readonly deliveries: readonly { readonly accepted: boolean }[];
  readonly fired: Readonly<Record<string, number>>;
  readonly alipayLimit: unknown;
  readonly next: { readonly status: string; readonly at: string };
  readonly confirmPath: string | null;
}

/** A real sandbox on a free port with a directory of its own, and the merchant that it knows. */
export class SandboxUnderTest {
  private constructor(
    private readonly sandbox: RunningSandbox,
    readonly dataDir: string,
    readonly merchant: Merchant,
    private readonly variables: NodeJS.ProcessEnv,
    readonly alipayPublicKey: string,
    private readonly others: readonly AlipayApplicationEntry[],
  ) {}

  static async start(
    variables: NodeJS.ProcessEnv = {},
    merchant = new Merchant(),
    dataDir?: string,
    others: readonly AlipayApplicationEntry[] = [],
  ): Promise<SandboxUnderTest> {
    const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'sandbox-')));
    const keyFile = join(directory, 'app-public-key.pem');
    await writeFile(keyFile, merchant.publicKeyPem);
    const merchantsFile = join(directory, 'alipay-merchants.json');
    const { appId, sellerId } = merchant;
    await writeFile(
      merchantsFile,
      JSON.stringify({ alipay: [{ appId, sellerId, publicKeyFile: keyFile }, ...others] }),
    );
    const config = SandboxConfig.load({
      SANDBOX_PORT: '0',
      SANDBOX_DATA_DIR: directory,
      SANDBOX_MERCHANTS_FILE: merchantsFile,
      ...variables,
    });
    const sandbox = await startSandbox(config, Log.create('sandbox', config.replica, 'fatal'));
    const alipayPublicKey = await readFile(join(directory, 'keys', 'alipay-public-key.pem'), 'utf8');
    return new SandboxUnderTest(sandbox, directory, merchant, variables, alipayPublicKey, others);
  }

  get url(): string {
    return this.sandbox.url;
  }

  /** Stops this one and starts another over the same directory. */
  async restart(): Promise<SandboxUnderTest> {
    await this.sandbox.close();
    return SandboxUnderTest.start(this.variables, this.merchant, this.dataDir, this.others);
  }

  /** What a power cut leaves behind: a second sandbox over a copy of the directory as it is at this moment. */
  async startFromCrash(): Promise<SandboxUnderTest> {
    const copy = await mkdtemp(join(tmpdir(), 'sandbox-'));
    await cp(this.dataDir, copy, { recursive: true });
    return SandboxUnderTest.start(this.variables, this.merchant, copy, this.others);
  }

  async stop(): Promise<void> {
    await this.sandbox.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Calls `gateway.do` with a form, as a server does. */
  async post(fields: Record<string, string>): Promise<GatewayReply> {
    const response = await fetch(`${this.url}/gateway.do`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    const text = await response.text();
    const parsed = parseReply(text);
    return { status: response.status, contentType: response.headers.get('content-type'), text, ...parsed };
  }

  async call(method: string, biz: unknown, more: Record<string, string> = {}): Promise<GatewayReply> {
    return this.post(this.merchant.request(method, biz, more));
  }

  payUrl(biz: unknown, more: Record<string, string> = {}, method = 'alipay.trade.page.pay'): string {
    return `${this.url}/gateway.do?${new URLSearchParams(this.merchant.request(method, biz, more)).toString()}`;
  }

  /** Opens a page as a browser that shows its address bar: redirects are not followed. */
  async open(pathOrUrl: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(pathOrUrl, this.url), { redirect: 'manual', ...init });
  }

  /** A trade that waits for its buyer. @returns its number and its cashier page. */
  async openTrade(
    terms: Record<string, unknown> = {},
    more: Record<string, string> = {},
  ): Promise<{ outTradeNo: string; cashierPath: string }> {
    const biz = this.merchant.terms(terms);
    const response = await this.open(this.payUrl(biz, more));
    const cashierPath = response.headers.get('location');
    if (cashierPath === null) throw new Error(`No cashier, but ${response.status}: ${await response.text()}`);
    return { outTradeNo: biz.out_trade_no, cashierPath };
  }

  async control(method: string, path: string, body?: unknown): Promise<ControlReply> {
    const response = await fetch(`${this.url}/control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      body: (text === '' ? undefined : JSON.parse(text)) as ControlBody,
    };
  }

  pay(outTradeNo: string, body: unknown = { notify: 'normal' }): Promise<ControlReply> {
    return this.control('POST', `/trades/${outTradeNo}/pay`, body);
  }

  async truth(outTradeNo: string): Promise<Truth> {
    return (await this.control('GET', `/trades/${outTradeNo}`)).body;
  }

  async untilStatus(outTradeNo: string, status: string): Promise<void> {
    await until(
      `${outTradeNo} to be ${status}`,
      async () => (await this.truth(outTradeNo)).status === status,
    );
  }

  /** Whether the reply's signature covers the very bytes of its inner object. */
  isSigned(reply: GatewayReply): boolean {
    const inner = /^\{"\w+":(\{.*\}),"sign":"[^"]*"\}$/s.exec(reply.text)?.[1];
    if (inner === undefined || reply.sign === undefined) return false;
    return createVerify('RSA-SHA256').update(inner).verify(this.alipayPublicKey, reply.sign, 'base64');
  }
}

function parseReply(text: string): Pick<GatewayReply, 'body' | 'sign'> {
  try {
    const { sign, ...rest } = JSON.parse(text) as Record<string, unknown> & { sign?: string };
    return { body: (Object.values(rest)[0] ?? {}) as Record<string, string>, sign };
  } catch {
    return { body: {}, sign: undefined };
  }
}
