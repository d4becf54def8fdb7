import { describe, expect, it } from '@jest/globals';
import { guardedLookup, isPublicAddress, whyRefused } from './webhook-addresses.js';

describe('an address', () => {
  it.each(['1.1.1.1', '93.184.216.34', '100.63.255.255', '172.32.0.1', '2606:4700:4700::1111'])(
    'of the internet (%s) may be reached',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['loopback', '127.0.0.1'],
    ['loopback', '::1'],
    ['link-local, where clouds keep their credentials', '169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['shared by the customers of a provider', '100.64.0.1'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '0.0.0.0'],
    ['unspecified', '::'],
    ['reserved', '198.18.0.1'],
    ['unique local', 'fd00::1'],
    ['site-local', 'fec0::1'],
    ['an IPv4 address in disguise', '::ffff:10.0.0.1'],
    ['an IPv4 address in disguise', '::ffff:1.1.1.1'],
    ['an IPv4 address in disguise', '::127.0.0.1'],
    ['translated to IPv4', '64:ff9b::7f00:1'],
    ['tunnelled to IPv4', '2002:7f00:1::'],
    ['no address', 'localhost'],
  ])('that is %s (%s) may not', (_words, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a webhook for', () => {
  it.each([
    'http://127.0.0.1:3000/hook',
    'https://[::1]/hook',
    'http://0x7f.1/hook',
    'http://2130706433/hook',
    'http://localhost:8080',
    'http://api.localhost./',
    'https://user:password@example.com/',
    'ftp://example.com/',
    'example.com',
  ])('%s is refused at once', (url) => {
    expect(whyRefused(url, false)).toMatch(/^must /);
  });

  it.each(['https://example.com/hook', 'http://example.com:8080/', 'https://1.1.1.1/'])(
    '%s is not',
    (url) => {
      expect(whyRefused(url, false)).toBeNull();
    },
  );

  it('this machine is one where that is allowed', () => {
    expect(whyRefused('http://127.0.0.1:3000/hook', true)).toBeNull();
    expect(whyRefused('http://user@127.0.0.1:3000/hook', true)).not.toBeNull();
  });
});

describe('a name', () => {
  it.each([true, false])('that leads to a private address leads nowhere (all: %p)', async (all) => {
    const found = await new Promise((resolve) =>
      guardedLookup(false)('localhost', { all }, (error, address) => resolve(error ?? address)),
    );
    expect(found).toMatchObject({ name: 'PrivateAddressError' });
  });
});
