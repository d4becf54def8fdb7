import { Logger } from '@nestjs/common';

type Fields = Record<string, unknown>;

/** Where the transport tells what happens to it. */
export interface TransportLogger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** The default: Nest's own logger, the fields as JSON after the message. */
export function nestLogger(): TransportLogger {
  const nest = new Logger('Transport');
  const line = (fields: Fields, message: string) =>
    `${message} ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? (value.stack ?? value.message) : value))}`;
  return {
    debug: (fields, message) => nest.debug(line(fields, message)),
    info: (fields, message) => nest.log(line(fields, message)),
    warn: (fields, message) => nest.warn(line(fields, message)),
    error: (fields, message) => nest.error(line(fields, message)),
  };
}
