import { describe, expect, it } from '@jest/globals';
import { formatLogLine, isAtLeast, parseLogLine } from './service-log.mjs';

const format = (line: string) => formatLogLine(parseLogLine(line), false);

describe('A line of a service’s log', () => {
  it('is time, level and message, then the fields that say something', () => {
    const line = JSON.stringify({
      level: 'info',
      time: '2026-11-20T08:00:01.250Z',
      service: 'wallet',
      replica: 'wallet-1',
      requestId: 'r-1',
      amount: '50.00',
      owner: 'a merchant',
      msg: 'credited',
    });

    expect(format(line)).toBe('08:00:01.250 INFO  credited requestId=r-1 amount=50.00 owner="a merchant"');
  });

  it('reads pino’s own numbers, too', () => {
    expect(format('{"level":50,"time":1763625601250,"msg":"no"}')).toBe('08:00:01.250 ERROR no');
  });

  it('shows where an error came from', () => {
    const line = JSON.stringify({
      level: 'error',
      err: { message: 'boom', stack: 'Error: boom\n  at x.ts:1' },
    });

    expect(format(line)).toBe('ERROR boom\n    Error: boom\n      at x.ts:1');
  });

  it.each(['plain words', 'null', '7', '{"half'])('that is no record stays as it is: %s', (line) => {
    expect(format(line)).toBe(`INFO  ${line}`);
  });

  it('is kept back below a level', () => {
    expect([isAtLeast('info', 'warn'), isAtLeast('warn', 'warn'), isAtLeast('fatal', 'warn')]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
