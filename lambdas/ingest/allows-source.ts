import { BlockList, isIP } from 'node:net';

/**
 * Whether a request may come from an address. Where ranges are given and the address is not one, or not known, it may
 * not. An IPv4 address in IPv6 form (`::ffff:203.0.113.7`) is the IPv4 address.
 *
 * @param cidrs such as `203.0.113.0/24`; undefined for anywhere
 */
export function allowsSource(cidrs: readonly string[] | undefined, sourceIp: string | undefined): boolean {
  if (cidrs === undefined) return true;
  if (sourceIp === undefined || isIP(sourceIp) === 0) return false;
  const ranges = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    ranges.addSubnet(network, Number(prefix), familyOf(network));
  }
  return ranges.check(sourceIp, familyOf(sourceIp));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
