import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Vault } from './vault.js';

const NUMBER = '6222021234567890123';
const key = () => randomBytes(32).toString('base64');
const [FIRST, SECOND, PRINT] = [key(), key(), key()];

let folder: string;
let file: string;
const write = (content: unknown) =>
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vault-'));
  file = join(folder, 'keys.json');
  write({ current: 'k1', keys: { k1: FIRST }, fingerprint: PRINT });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what is sealed', () => {
  it('is opened where it belongs, and never looks the same twice', () => {
    const vault = new Vault(file);
    const [one, two] = [vault.seal('a:1', NUMBER), vault.seal('a:1', NUMBER)];
    expect(vault.open('a:1', one)).toBe(NUMBER);
    expect(one.equals(two)).toBe(false);
    expect(one.toString('latin1')).not.toContain(NUMBER);
  });

  it('is refused in another place, and when any byte of it was changed', () => {
    const vault = new Vault(file);
    const sealed = vault.seal('a:1', NUMBER);
    expect(() => vault.open('a:2', sealed)).toThrow("a:2 can't be opened");
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => vault.open('a:1', changed)).toThrow(Error);
    }
  });

  it('outlives a change of keys, and says that it is under the old one', () => {
    const vault = new Vault(file);
    const old = vault.seal('a:1', NUMBER);
    write({ current: 'k2', keys: { k1: FIRST, k2: SECOND }, fingerprint: PRINT });
    vault.reload();
    const fresh = vault.seal('a:1', NUMBER);
    expect([vault.isCurrent(old), vault.isCurrent(fresh)]).toEqual([false, true]);
    expect(vault.open('a:1', old)).toBe(NUMBER);
    write({ current: 'k2', keys: { k2: SECOND }, fingerprint: PRINT });
    vault.reload();
    expect(() => vault.open('a:1', old)).toThrow('the key k1, which is not in the ring any more');
    expect(vault.open('a:1', fresh)).toBe(NUMBER);
  });

  it('has a fingerprint that only the same text has, and only under the same key', () => {
    const vault = new Vault(file);
    expect(vault.fingerprint(NUMBER)).toEqual(vault.fingerprint(NUMBER));
    expect(vault.fingerprint(NUMBER)).not.toEqual(vault.fingerprint(`${NUMBER}0`));
    const before = vault.fingerprint(NUMBER);
    write({ current: 'k1', keys: { k1: FIRST }, fingerprint: SECOND });
    vault.reload();
    expect(vault.fingerprint(NUMBER)).not.toEqual(before);
  });
});

describe('a file of keys that can not be used', () => {
  const cases: [string, unknown, string][] = [
    ['no JSON', `{"keys": "${FIRST}"`, "can't be read: it is no JSON"],
    [
      'a key that is too short',
      { current: 'k1', keys: { k1: 'AAAA' }, fingerprint: PRINT },
      'keys.k1 must be 32 bytes',
    ],
    [
      'no such current key',
      { current: 'k9', keys: { k1: FIRST }, fingerprint: PRINT },
      'current names a key',
    ],
  ];
  it.each(cases)('says so, and not what is in it: %s', (_, content, message) => {
    write(content);
    const open = () => new Vault(file);
    expect(open).toThrow(message);
    expect(open).not.toThrow(FIRST);
  });

  it('leaves the keys in force that there were', () => {
    const vault = new Vault(file);
    const sealed = vault.seal('a:1', NUMBER);
    write('{');
    expect(() => vault.reload()).toThrow('it is no JSON');
    expect(vault.open('a:1', sealed)).toBe(NUMBER);
  });
});
