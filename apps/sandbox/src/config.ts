import { z } from 'zod';
import { loadConfig } from '#libs/service';

const port = z.coerce.number().int().min(0).max(65_535);

const environment = z.object({
  NODE_ENV: z
    .string()
    .optional()
    .refine(
      (value) => value !== 'production',
      'is production: the sandbox simulates payments and must never run there',
    ),
  REPLICA: z.string().min(1).optional(),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** 0 takes any free port. */
  SANDBOX_PORT: port.default(3100),
  /** Where buyers' browsers and phones reach the cashier; `http://localhost:<port>` unless set. */
  SANDBOX_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Keys and journal; made when missing. */
  SANDBOX_DATA_DIR: z.string().min(1),
  /** The retry ladder of notifies and the default delay of a late one are divided by it. */
  SANDBOX_TIME_SCALE: z.coerce.number().positive().max(1_000_000).default(1),
  /** API calls a second that one application may make of `gateway.do`. */
  SANDBOX_RATE_LIMIT: z.coerce.number().int().min(1).max(1_000_000).default(100),
  /** Whether the merchant has subscribed to TRADE_CLOSED notifies; by default Alipay sends none. */
  SANDBOX_NOTIFY_ON_CLOSE: z.stringbool().default(false),
  /** JSON: the applications that Alipay knows and the merchants that WeChat Pay knows; see `channel/merchants-file.ts`. */
  SANDBOX_MERCHANTS_FILE: z.string().min(1),
});

/** Everything the sandbox is told from outside, parsed once. */
export class SandboxConfig {
  readonly replica: string;
  readonly host: string;
  readonly logLevel: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly dataDir: string;
  readonly timeScale: number;
  readonly callsPerSecond: number;
  readonly notifyOnClose: boolean;
  readonly merchantsFile: string;

  private constructor(values: z.output<typeof environment>) {
    this.replica = values.REPLICA ?? `sandbox-${process.pid}`;
    this.host = values.HOST;
    this.logLevel = values.LOG_LEVEL;
    this.port = values.SANDBOX_PORT;
    this.publicUrl = values.SANDBOX_PUBLIC_URL?.replace(/\/+$/, '');
    this.dataDir = values.SANDBOX_DATA_DIR;
    this.timeScale = values.SANDBOX_TIME_SCALE;
    this.callsPerSecond = values.SANDBOX_RATE_LIMIT;
    this.notifyOnClose = values.SANDBOX_NOTIFY_ON_CLOSE;
    this.merchantsFile = values.SANDBOX_MERCHANTS_FILE;
    Object.freeze(this);
  }

  /** @throws BadConfigurationError that lists every bad variable at once. */
  static load(variables: NodeJS.ProcessEnv = process.env): SandboxConfig {
    return new SandboxConfig(loadConfig('sandbox', environment, variables));
  }
}
