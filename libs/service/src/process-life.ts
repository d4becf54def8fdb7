import type { Health } from './health.js';
import type { Log } from './log.js';

const SHUTDOWN_LIMIT_MS = 15_000;

/** Without a word: nothing has begun yet that could be put in order. */
const leave = () => process.exit(0);

/**
 * To be called before anything is waited for: a process that still starts, and perhaps waits for servers that are gone as
 * well, ends with the supervisor that started it. `shutDownInOrder` takes over from this.
 */
export function endWithSupervisor(): void {
  if (!process.send) return;
  if (process.connected) process.once('disconnect', leave);
  // It went while this program was being read.
  else leave();
}

/**
 * Ends the process in good order on SIGTERM, on SIGINT, and when the supervisor that started it is gone: no longer
 * ready, finish what has begun, close, exit. Whatever hangs is cut off: everything here must survive that anyway.
 */
export function shutDownInOrder(log: Log, health: Health, close: () => Promise<void>): void {
  let began = false;
  const shutDown = (reason: string) => {
    if (began) return;
    began = true;
    log.info({ reason }, 'shutting down');
    health.beginShutdown();
    setTimeout(() => {
      log.error({}, `could not shut down within ${SHUTDOWN_LIMIT_MS} ms: leaving`);
      process.exit(1);
    }, SHUTDOWN_LIMIT_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'failed while shutting down');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => shutDown('SIGTERM'));
  process.on('SIGINT', () => shutDown('SIGINT'));
  process.off('disconnect', leave);
  if (process.connected) process.on('disconnect', () => shutDown('the supervisor is gone'));
  // A bug that nobody caught: what this process believes can't be trusted any more, its successor starts from MySQL.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
}

/** Tells whoever started this process (if it listens) that it can be used now. */
export function reportReady(log: Log, url: string): void {
  log.info({ url }, 'ready');
  process.send?.({ type: 'ready', url });
}
