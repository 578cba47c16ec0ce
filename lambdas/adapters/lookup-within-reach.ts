import { promises as dns, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isWithinReach, type Reach } from '../contract/address-class.ts';

/** All addresses of a name, as `dns.promises.lookup` with `all: true`. */
export type Resolve = (hostname: string, options: LookupOptions) => Promise<readonly LookupAddress[]>;

const resolveBySystem: Resolve = (hostname, options) => dns.lookup(hostname, { ...options, all: true });

/** A destination's address is none that the route may deliver to. */
export class OutOfReachError extends Error {
  override readonly name = 'OutOfReachError';
  readonly code = 'OUT_OF_REACH';
  readonly address: string;

  constructor(address: string) {
    super(`${address} is out of reach`);
    this.address = address;
  }
}

/**
 * A lookup for Node's sockets, which connect to what it returns and ask nobody else: what was checked is what is
 * connected to, however often the name changes its mind. A name with one forbidden address is refused as a whole. Node
 * asks no lookup for a host that is an address already: `literalOutOfReach` is for these.
 */
export function lookupWithinReach(reach: Reach, resolve: Resolve = resolveBySystem): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, options).then(
      (addresses) => {
        const forbidden = addresses.find(({ address }) => !isWithinReach(address, reach));
        const [first] = addresses;
        if (forbidden !== undefined) callback(new OutOfReachError(forbidden.address), []);
        else if (first === undefined) callback(Object.assign(new Error('no address'), { code: 'ENODATA' }), []);
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}
