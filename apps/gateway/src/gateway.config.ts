import { serviceEnvironment } from '#libs/service';
import { z } from 'zod';

const count = z.coerce.number().int().min(1).max(1_000_000);

type TrustedProxies = string[] | ((address: string, hop: number) => boolean);

function trustedProxies(text: string): TrustedProxies {
  if (!/^\d+$/.test(text)) return text.split(',').map((address) => address.trim());
  const proxies = Number(text);
  return (_address, hop) => hop < proxies;
}

/** What the gateway reads from its environment. Its health is served on its own port, so `HEALTH_PORT` means nothing. */
export const gatewayEnvironment = serviceEnvironment.omit({ HEALTH_PORT: true }).extend({
  /** 0 takes any free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** How the outside world reaches this gateway; `https` switches strict transport security on. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Ed25519, SPKI PEM: verifies what identity signs. */
  SESSION_PUBLIC_KEY_FILE: z.string().min(1),
  /** Where Vite put the console. Without the folder, only the API is served. */
  CONSOLE_DIR: z.string().min(1).default('dist/apps/console'),
  /**
   * Whose `X-Forwarded-For` is believed: a number of proxies, or a list of addresses and networks. Believing
   * anybody's would let callers choose the address that they are limited by.
   */
  TRUST_PROXY: z.string().default('0').transform(trustedProxies),
  BODY_LIMIT_BYTES: count.default(65_536),
  /** How long a request may take altogether; services never work longer for it than its caller waits. */
  REQUEST_TIMEOUT_MS: count.default(10_000),
  /** Requests a second that one address may make. Many merchants can share one, behind a company's proxy. */
  RATE_LIMIT_PER_ADDRESS: count.default(2_000),
  /** Requests a second that one account may make, from wherever. */
  RATE_LIMIT_PER_ACCOUNT: count.default(100),
  /** Sign-ins, registrations and refreshes a minute from one address; each costs an argon2id hash. */
  RATE_LIMIT_AUTH: count.default(300),
  /** Notices a second from one address: a channel sends all of its notices from few. */
  RATE_LIMIT_NOTIFY: count.default(5_000),
  /** How often the session behind an open page is looked at: how long a page signed out elsewhere goes on hearing. */
  PUSH_SESSION_CHECK_MS: count.default(15_000),
});

export type GatewayEnvironment = Readonly<z.output<typeof gatewayEnvironment>>;

/** The configuration as a thing that can be injected. */
export class GatewayConfig {
  constructor(readonly environment: GatewayEnvironment) {}
}
