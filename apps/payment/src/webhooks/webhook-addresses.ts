import { lookup as resolve } from 'node:dns/promises';
import { type LookupFunction, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Thrown where a name leads to an address that webhooks may not reach. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** The only IPv6 block of which anything is given out for global unicast (IANA, RFC 4291). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * True for an address of the public internet: not private, loopback, link-local, shared (CGNAT), multicast, reserved or
 * unique local, and no IPv6 address that only wraps an IPv4 one (mapped, 6to4, Teredo, NAT64), which could lead anywhere.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST);
}

/** The host of a URL without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** @returns why webhooks can't be sent there, as far as that can be seen without asking anybody; null when it can't. */
export function whyRefused(text: string, allowsPrivate: boolean): string | null {
  if (!URL.canParse(text)) return 'must be a whole address, beginning with https:// or http://';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'must have no user name or password in it';
  if (allowsPrivate) return null;
  const host = hostOf(url).replace(/\.$/, '');
  const isPrivate = isIP(host) === 0 ? /^(.+\.)?localhost$/.test(host) : !isPublicAddress(host);
  return isPrivate ? `must be reachable from the internet: ${host} is a private address` : null;
}

/**
 * Resolves for a connection: it is made to the very addresses that were checked here, so that a name which leads
 * somewhere else a moment later does not matter.
 */
export function guardedLookup(allowsPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { all: true, family: Number(options.family) || 0 }).then(
      (addresses) => {
        const hidden = addresses.find(({ address }) => !allowsPrivate && !isPublicAddress(address));
        const [first] = addresses;
        if (hidden) callback(refusal(hostname, hidden.address), '');
        else if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

/** A literal address is never looked up, so it is checked here. */
export function checkLiteral(url: URL, allowsPrivate: boolean): void {
  const host = hostOf(url);
  if (!allowsPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw refusal(host, host);
}

const refusal = (host: string, address: string) =>
  new PrivateAddressError(`${host} leads to the private address ${address}: nothing was sent`);
