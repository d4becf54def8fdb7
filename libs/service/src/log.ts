import type { LoggerService } from '@nestjs/common';
import { pino, type Logger as Pino } from 'pino';
import { currentContext } from '#libs/transport';

type Fields = Record<string, unknown>;

/** Field names that never reach a log line, at any depth up to three. */
const SECRET_FIELDS = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'privateKey',
  'secret',
  'cookie',
];

/**
 * Structured log of one service: one JSON object a line on stdout. Every line written while a message is handled
 * carries that message's request id, so one search shows a request on its way through all services.
 */
export class Log {
  private constructor(private readonly logger: Pino) {}

  static create(service: string, replica: string, level: string): Log {
    return new Log(
      pino({
        level,
        base: { service, replica },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        redact: {
          paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
          censor: '[secret]',
        },
        mixin: () => {
          const requestId = currentContext()?.requestId;
          return requestId === undefined ? {} : { requestId };
        },
      }),
    );
  }

  debug(fields: Fields, message: string): void {
    this.logger.debug(fields, message);
  }

  info(fields: Fields, message: string): void {
    this.logger.info(fields, message);
  }

  warn(fields: Fields, message: string): void {
    this.logger.warn(fields, message);
  }

  error(fields: Fields, message: string): void {
    this.logger.error(fields, message);
  }

  fatal(fields: Fields, message: string): void {
    this.logger.fatal(fields, message);
  }

  /** Nest's own lines (which module came up, what failed to resolve) in the same form. */
  forNest(): LoggerService {
    const write =
      (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') =>
      (message: unknown, ...rest: unknown[]) => {
        const scope = rest.at(-1);
        this.logger[level](
          {
            ...(typeof scope === 'string' ? { scope } : {}),
            ...(message instanceof Error ? { err: message } : {}),
          },
          message instanceof Error ? message.message : String(message),
        );
      };
    // Nest tells at `log` what each module maps: worth having when looking for something, noise otherwise.
    return {
      log: write('debug'),
      debug: write('debug'),
      verbose: write('debug'),
      warn: write('warn'),
      error: write('error'),
      fatal: write('fatal'),
    };
  }
}
