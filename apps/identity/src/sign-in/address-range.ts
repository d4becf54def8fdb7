import { isIPv4, isIPv6 } from 'node:net';

/**
 * The range of addresses that counts as one origin. An IPv4 address is itself. An IPv6 customer is given a /64 or
 * more (RFC 6177) and can guess from a new address every time, so there the first 64 bits count.
 */
export function addressRange(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain) || !isIPv6(plain)) return plain;
  return `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** All eight groups of an IPv6 address without leading zeros; a dotted tail (`::1.2.3.4`) fills the last two. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = splitGroups(head);
  if (tail === undefined) return before;
  const after = splitGroups(tail);
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

function splitGroups(part: string): string[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16).toString(16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
  });
}
