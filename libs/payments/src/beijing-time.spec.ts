import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';
import { fromBeijingTime, toBeijingTime } from './beijing-time.js';

/** Node takes its time zone from its environment at start, so each zone is a process of its own. */
function inTimeZone(zone: string, expression: string): string {
  const source = readFileSync(new URL('beijing-time.ts', import.meta.url), 'utf8');
  const { code } = transformSync(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
  const args = ['--input-type=module', '-e', `${code}\nprocess.stdout.write(String(${expression}));`];
  return execFileSync(process.execPath, args, { env: { ...process.env, TZ: zone }, encoding: 'utf8' });
}

describe('Beijing time', () => {
  it('is eight hours ahead of UTC', () => {
    expect(toBeijingTime(new Date('2026-11-20T03:04:05.678Z'))).toBe('2026-11-20 11:04:05');
  });

  it('turns the day, the month and the year eight hours early', () => {
    expect(toBeijingTime(new Date('2026-12-31T16:00:00Z'))).toBe('2027-01-01 00:00:00');
    expect(toBeijingTime(new Date('2026-12-31T15:59:59.999Z'))).toBe('2026-12-31 23:59:59');
  });

  it('is the same in July: China has no daylight saving time', () => {
    expect(toBeijingTime(new Date('2026-07-01T00:00:00Z'))).toBe('2026-07-01 08:00:00');
  });

  it('is read back as the same moment', () => {
    const moment = new Date('2028-02-29T23:30:00Z');
    expect(fromBeijingTime(toBeijingTime(moment))).toEqual(moment);
  });

  it.each(['UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Kiritimati'])(
    'does not care that this machine is in %s',
    (zone) => {
      expect(inTimeZone(zone, "toBeijingTime(new Date('2026-07-01T20:00:00Z'))")).toBe('2026-07-02 04:00:00');
      expect(inTimeZone(zone, "fromBeijingTime('2026-07-02 04:00:00').toISOString()")).toBe(
        '2026-07-01T20:00:00.000Z',
      );
    },
  );

  it.each([
    '',
    '2026-11-20',
    '2026-11-20T11:04:05',
    '2026-11-20 11:04',
    '2026-11-20 11:04:05Z',
    '2026-13-01 00:00:00',
    '2026-02-30 00:00:00',
    '2026-11-20 24:00:00',
    '2026-11-20 11:60:00',
    'yesterday',
  ])('is not what "%s" says', (text) => {
    expect(fromBeijingTime(text)).toBeUndefined();
  });
});
