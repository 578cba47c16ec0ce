import { locateLocalRelay } from './locate-local-relay.ts';
import { locateStack } from './locate-stack.ts';
import type { RelayAddress, RelayLocation } from './relay-location.ts';

/**
 * Finds the queues, the table and the bucket of a relay.
 *
 * @throws OperatorError `RELAY_UNREACHABLE` with the way out.
 */
export async function locateRelay(address: RelayAddress): Promise<RelayLocation> {
  switch (address.kind) {
    case 'local':
      return await locateLocalRelay(address.url);
    case 'stack':
      return await locateStack(address);
  }
}
