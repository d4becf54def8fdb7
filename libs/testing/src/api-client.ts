import { randomBytes } from 'node:crypto';
import type { payment } from '#libs/contracts';
import type { EntryView, Page, Problem, RechargeView, SignedIn, WalletView } from './api-views.js';
import { eventually } from './eventually.js';

/** An answer of the gateway as it came. */
export interface ApiAnswer<Body = unknown> {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  readonly requestId: string;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is JSON, else the text. */
  readonly body: Body;
}

export interface ApiRequest {
  readonly token?: string | undefined;
  /** Sent as JSON; a string or bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiClientOptions {
  /** Told of every answer that comes in. */
  readonly onAnswer?: (answer: ApiAnswer) => void;
}

/** What a client throws for an answer that is no success: `toMatchObject({ status: 409, code: 'DUPLICATE_SUBMIT' })`. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly code: string | undefined;

  constructor(readonly answer: ApiAnswer) {
    super(`${answer.method} ${answer.path} was answered ${answer.status}: ${answer.text.slice(0, 1_000)}`);
    this.status = answer.status;
    this.code = (answer.body as Partial<Problem> | null)?.code;
  }
}

/** The gateway's HTTP interface. Requests go to its replicas in turn, or to one of them: see `at`. */
export class ApiClient {
  private turn = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly options: ApiClientOptions = {},
  ) {}

  /** The same, through one replica only; from 0. */
  at(replica: number): ApiClient {
    const url = this.urls[replica];
    if (url === undefined) throw new Error(`There is no gateway ${replica}`);
    return new ApiClient([url], this.options);
  }

  /** Sends a request and gives whatever is answered. */
  async send<Body = unknown>(
    method: string,
    path: string,
    request: ApiRequest = {},
  ): Promise<ApiAnswer<Body>> {
    const { token, body, headers = {} } = request;
    const isText = typeof body === 'string' || body instanceof Uint8Array;
    const url = this.urls[this.turn++ % this.urls.length] ?? '';
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    const answer: ApiAnswer<Body> = {
      method,
      path,
      status: response.status,
      contentType,
      requestId: response.headers.get('x-request-id') ?? '',
      headers: response.headers,
      text,
      body: (/[/+]json/.test(contentType) ? JSON.parse(text) : text) as Body,
    };
    this.options.onAnswer?.(answer);
    return answer;
  }

  /** Sends a request that is meant to succeed. @throws ApiRefusal */
  async call<Body>(method: string, path: string, request: ApiRequest = {}): Promise<Body> {
    const answer = await this.send<Body>(method, path, request);
    if (answer.status < 200 || answer.status > 299) throw new ApiRefusal(answer);
    return answer.body;
  }

  /** A new account of a kind that may register, signed in. */
  async register(kind: 'merchant' | 'traffic_owner', email = newEmail(kind)): Promise<Account> {
    const signedIn = await this.call<SignedIn>('POST', '/v1/auth/register', {
      body: { email, password: TEST_PASSWORD, kind },
    });
    return new Account(this, signedIn);
  }

  registerMerchant(): Promise<Account> {
    return this.register('merchant');
  }

  async signIn(email: string, password: string = TEST_PASSWORD): Promise<Account> {
    return new Account(
      this,
      await this.call<SignedIn>('POST', '/v1/auth/login', { body: { email, password } }),
    );
  }

  /** The demo operator, who sees what went wrong. */
  signInOperator(): Promise<Account> {
    return this.signIn('operator@demo.test', DEMO_PASSWORD);
  }
}

/** What every account that a test registers signs in with. */
export const TEST_PASSWORD = 'a password of tests';
/** What the demo accounts sign in with. */
export const DEMO_PASSWORD = 'Demo-pass-1';

export function newEmail(who = 'somebody'): string {
  return `${who}-${randomBytes(6).toString('hex')}@test.example`;
}

export interface RechargeOrder {
  readonly amount?: string;
  readonly channel?: string;
  readonly method?: string;
  /** A new one each time unless told; null sends none. */
  readonly idempotencyKey?: string | null;
}

const UNTIL_WITHIN_MS = 30_000;
/** Whoever waits over HTTP must not take the processor from what is waited for. */
const LOOK_EVERY_MS = 50;

/** A signed-in account and what it can do. */
export class Account {
  constructor(
    readonly api: ApiClient,
    private session: SignedIn,
  ) {}

  get signedIn(): SignedIn {
    return this.session;
  }

  /** Signs in once more, for who works longer than an access token lives. */
  async renew(password: string = TEST_PASSWORD): Promise<void> {
    this.session = (await this.api.signIn(this.email, password)).session;
  }

  get id(): string {
    return this.signedIn.account.id;
  }

  get email(): string {
    return this.signedIn.account.email;
  }

  get token(): string {
    return this.signedIn.accessToken;
  }

  /** The same account and session, through one gateway only; from 0. */
  at(replica: number): Account {
    return new Account(this.api.at(replica), this.signedIn);
  }

  send<Body = unknown>(method: string, path: string, request: ApiRequest = {}): Promise<ApiAnswer<Body>> {
    return this.api.send(method, path, { token: this.token, ...request });
  }

  /** @throws ApiRefusal */
  call<Body>(method: string, path: string, request: ApiRequest = {}): Promise<Body> {
    return this.api.call(method, path, { token: this.token, ...request });
  }

  /** Orders a recharge: 50.00 yuan by Alipay's page unless told otherwise. @throws ApiRefusal */
  recharge(order: RechargeOrder = {}): Promise<RechargeView> {
    const {
      amount = '50.00',
      channel = 'alipay',
      method = 'page',
      idempotencyKey = randomBytes(12).toString('hex'),
    } = order;
    return this.call('POST', '/v1/recharges', {
      body: { amount, channel, method },
      headers: idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey },
    });
  }

  /** @throws ApiRefusal */
  get(rechargeId: string): Promise<RechargeView> {
    return this.call('GET', `/v1/recharges/${rechargeId}`);
  }

  /** @throws ApiRefusal */
  close(rechargeId: string): Promise<RechargeView> {
    return this.call('POST', `/v1/recharges/${rechargeId}/close`);
  }

  /** One page, newest first; `query` as in `{ state: 'CLOSED', limit: '2' }`. @throws ApiRefusal */
  recharges(query: Readonly<Record<string, string>> = {}): Promise<Page<RechargeView>> {
    return this.call('GET', `/v1/recharges?${new URLSearchParams(query).toString()}`);
  }

  /** @throws ApiRefusal */
  wallet(): Promise<WalletView> {
    return this.call('GET', '/v1/wallet');
  }

  /** The balance of the wallet's cash account; "0.00" while there is none. */
  async balance(): Promise<string> {
    const { accounts } = await this.wallet();
    return accounts.find(({ kind }) => kind === 'merchant_cash')?.balance ?? '0.00';
  }

  /** One page of the statement, newest first. @throws ApiRefusal */
  entries(query: Readonly<Record<string, string>> = {}): Promise<Page<EntryView>> {
    return this.call('GET', `/v1/wallet/entries?${new URLSearchParams(query).toString()}`);
  }

  /** Waits until a recharge is in one of these states. What is refused meanwhile counts as "not yet". */
  until(
    rechargeId: string,
    states: payment.OrderState | readonly payment.OrderState[],
    { withinMs = UNTIL_WITHIN_MS }: { withinMs?: number } = {},
  ): Promise<RechargeView> {
    const wanted = [states].flat();
    let seen = 'nothing';
    return eventually(
      `recharge ${rechargeId} is ${wanted.join(' or ')}`,
      async () => {
        const recharge = await this.get(rechargeId);
        seen = recharge.state;
        return wanted.includes(recharge.state) && recharge;
      },
      { withinMs, everyMs: LOOK_EVERY_MS },
    ).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; it was last seen as ${seen}`, { cause: error });
    });
  }

  /** Waits until the wallet holds this much. */
  untilBalance(balance: string, { withinMs = UNTIL_WITHIN_MS }: { withinMs?: number } = {}): Promise<string> {
    return eventually(
      `the balance of ${this.email} is ${balance}`,
      async () => {
        const found = await this.balance();
        return found === balance && found;
      },
      { withinMs, everyMs: LOOK_EVERY_MS },
    );
  }
}
