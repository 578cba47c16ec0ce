import { type CallGenesys, callGenesys } from '../../lib/genesys/connection/call-genesys.ts';
import { openPlatformClient } from '../../lib/genesys/connection/platform-client.ts';
import { parseRegion } from '../../lib/genesys/connection/region.ts';
import { client, type StandInOrg } from './stand-in-org.ts';

export interface ConnectedOrg {
  readonly call: CallGenesys;
  readonly region: ReturnType<typeof parseRegion>;
  /** How long it was waited in all, in virtual milliseconds. */
  readonly waitedMs: () => number;
}

/** The real SDK against a stand-in, on a clock of its own: what waits for Genesys takes no time. */
export async function connectTo(
  org: StandInOrg,
  progress: (text: string) => void = () => {},
  signal = new AbortController().signal,
): Promise<ConnectedOrg> {
  const region = parseRegion('mypurecloud.de');
  let waitedMs = 0;
  const call = callGenesys({
    client: await openPlatformClient({ ...client, region }, org.gateway, signal),
    host: region.host,
    now: () => Date.now() + waitedMs,
    sleep: async (ms) => {
      waitedMs += ms;
    },
    random: () => 0.5,
    progress,
    signal,
  });
  return { call, region, waitedMs: () => waitedMs };
}
