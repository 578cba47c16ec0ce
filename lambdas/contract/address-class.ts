import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Which addresses a route may deliver to: those of the internet, or those of a private network as well. */
export type Reach = 'internet' | 'private-network';

/** The classes of `ipaddr.js` that a service in a private network can have. */
const privateClasses: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'loopback', 'carrierGradeNat']);

/** The service of EC2 that hands out credentials is in here; its IPv4 address is link-local. */
const metadataRange = ipaddr.parseCIDR('fd00:ec2::/32');

/** All that is routed on the internet in IPv6; the library calls everything it has no other word for unicast. */
const globalRange = ipaddr.parseCIDR('2000::/3');

/**
 * Whether a route may deliver to an address. Link-local addresses, instance metadata, multicast and what is reserved are
 * nobody's endpoint, in a private network neither. An IPv4 address inside an IPv6 one counts as what it is.
 *
 * @param address as a resolver returns it; what Node would not connect to without a lookup is no address, and refused
 */
export function isWithinReach(address: string, reach: Reach): boolean {
  if (isIP(address) === 0) return false;
  const parsed = withoutWrapping(ipaddr.parse(address));
  if (parsed.range() === 'unicast') return parsed.kind() === 'ipv4' || parsed.match(globalRange);
  if (reach === 'internet') return false;
  return privateClasses.has(parsed.range()) && !(parsed.kind() === 'ipv6' && parsed.match(metadataRange));
}

/** The host of a URL, if it is an address out of reach. `URL` has written every form of one, as `0x7f.1`, in the usual way. */
export function literalOutOfReach({ hostname }: URL, reach: Reach): string | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 || isWithinReach(host, reach) ? undefined : host;
}

/** The first 12 bytes of the addresses that NAT64 makes of IPv4 ones (RFC 6052): a resolver may give nothing else. */
const translatedRange = ipaddr.parseCIDR('64:ff9b::/96');

function withoutWrapping(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(translatedRange) ? new ipaddr.IPv4(address.toByteArray().slice(-4)) : address;
}
