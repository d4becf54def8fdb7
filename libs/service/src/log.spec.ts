import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runInContext } from '#libs/transport';
import { Log } from './log.js';

type Line = Readonly<Record<string, unknown>>;

let written: string;

/** What would be on standard output, where a line of the log is a line of text. */
beforeEach(() => {
  written = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const newLog = (level = 'info') => Log.create('wallet', 'wallet-1', level);
const lines = (): Line[] =>
  written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

describe('a log line', () => {
  it('is one JSON object with its time, its level, its service and its replica', () => {
    newLog().info({ orderId: '7' }, 'order is paid');
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'wallet',
        replica: 'wallet-1',
        orderId: '7',
        msg: 'order is paid',
      },
    ]);
  });

  it('carries the id of the request that is being worked on, and none where there is none', () => {
    const log = newLog();
    runInContext({ requestId: 'request-7' }, () => log.info({}, 'inside'));
    log.info({}, 'outside');
    expect(lines().map(({ msg, requestId }) => [msg, requestId])).toEqual([
      ['inside', 'request-7'],
      ['outside', undefined],
    ]);
  });

  it('is written from its level upwards', () => {
    const log = newLog('warn');
    log.debug({}, 'debug');
    log.info({}, 'info');
    log.warn({}, 'warn');
    log.error({}, 'error');
    log.fatal({}, 'fatal');
    expect(lines().map(({ level }) => level)).toEqual(['warn', 'error', 'fatal']);
  });

  it('of an error shows what kind it was, what it said and where', () => {
    newLog().error({ err: new TypeError('no such thing') }, 'it failed');
    expect(lines()[0]).toMatchObject({
      err: { type: 'TypeError', message: 'no such thing', stack: expect.stringContaining('log.spec') },
    });
  });
});

describe('a secret', () => {
  it.each([
    'password',
    'token',
    'accessToken',
    'refreshToken',
    'authorization',
    'privateKey',
    'secret',
    'cookie',
  ])('named %s reaches no line, however it is wrapped', (name) => {
    const log = newLog();
    log.info({ [name]: 'hush-hush' }, 'flat');
    log.info({ body: { [name]: 'hush-hush' } }, 'wrapped');
    log.info({ request: { headers: { [name]: 'hush-hush' } } }, 'wrapped twice');
    log.info({ people: [{ [name]: 'hush-hush' }] }, 'in a list');
    log.error({ err: Object.assign(new Error('it failed'), { [name]: 'hush-hush' }) }, 'in an error');
    expect(written).not.toContain('hush-hush');
    expect(lines().map(({ msg }) => msg)).toEqual([
      'flat',
      'wrapped',
      'wrapped twice',
      'in a list',
      'in an error',
    ]);
    expect(lines()[0]?.[name]).toBe('[secret]');
  });

  it('does not take its neighbours with it', () => {
    newLog().info({ email: 'ada@shop.test', password: 'hush-hush' }, 'sign-in');
    expect(lines()[0]).toMatchObject({ email: 'ada@shop.test', password: '[secret]' });
  });
});

describe("Nest's own lines", () => {
  it('come in the same form, its chatter only when somebody looks for it', () => {
    const quiet = newLog().forNest();
    quiet.log('WalletModule dependencies initialized', 'InstanceLoader');
    quiet.warn('something odd', 'Router');
    quiet.error(new Error('it failed'), 'stack', 'ExceptionHandler');
    expect(lines()).toMatchObject([
      { level: 'warn', msg: 'something odd', scope: 'Router' },
      { level: 'error', msg: 'it failed', scope: 'ExceptionHandler', err: { message: 'it failed' } },
    ]);

    newLog('debug').forNest().log('WalletModule dependencies initialized', 'InstanceLoader');
    expect(lines().at(-1)).toMatchObject({ level: 'debug', scope: 'InstanceLoader' });
  });
});
