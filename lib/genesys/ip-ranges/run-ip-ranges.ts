import { OperatorError } from '../../operator/operator-error.ts';
import { count } from '../../operator/terminal/printable.ts';
import type { ExitCode, Terminal } from '../../operator/terminal/terminal.ts';
import type { CallGenesys } from '../connection/call-genesys.ts';
import type { GenesysRegion } from '../connection/region.ts';
import { ipRangesSchema, type SenderService, senderRanges } from './sender-ranges.ts';

export interface IpRangesOptions {
  readonly services: readonly SenderService[];
  readonly json: boolean;
  /** A route of the configuration to compare with, and its `allowCidrs`, if it has any. */
  readonly route?: { readonly name: string; readonly allowCidrs: readonly string[] | undefined } | undefined;
}

export interface IpRangesTools {
  readonly call: CallGenesys;
  readonly region: GenesysRegion;
}

/**
 * `relay genesys ip-ranges`
 *
 * @returns 1 when the route that was named lacks a range, or has one that Genesys does not list
 * @throws OperatorError `GENESYS_FAILED`, also when Genesys lists nothing: an empty `allowCidrs` would let nobody in
 */
export async function runIpRanges(
  { services, json, route }: IpRangesOptions,
  { call, region }: IpRangesTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const { entities } = await call({
    action: "read Genesys's IP ranges",
    send: ({ utilities }) => utilities.getIpranges(),
    result: ipRangesSchema,
  });
  const allowCidrs = senderRanges(entities, services, region);
  if (allowCidrs.length === 0) {
    throw new OperatorError(
      'GENESYS_FAILED',
      `Genesys Cloud lists no outbound range of ${services.join(' and ')} for ${region.awsRegion}, among ${count(entities.length, 'range')}: leave allowCidrs as it is`,
    );
  }
  const difference = route && compare(route.allowCidrs, allowCidrs);
  if (json) {
    const compared = route && difference ? { route: { name: route.name, ...difference } } : {};
    terminal.print(JSON.stringify({ region: region.awsRegion, host: region.host, services, allowCidrs, ...compared }));
  } else {
    terminal.print(`// Genesys Cloud, ${region.awsRegion} (${region.host}): where ${services.join(' and ')} send from`);
    terminal.print(`allowCidrs: [\n${allowCidrs.map((cidr) => `  '${cidr}',`).join('\n')}\n],`);
  }
  if (route === undefined || difference === undefined) return 0;
  return tell(route.name, difference, terminal);
}

interface Difference {
  /** Whether the route has `allowCidrs` at all; without, nothing is missing. */
  readonly restricted: boolean;
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
}

function compare(configured: readonly string[] | undefined, current: readonly string[]): Difference {
  if (configured === undefined) return { restricted: false, missing: [], surplus: [] };
  return {
    restricted: true,
    missing: current.filter((cidr) => !configured.includes(cidr)),
    surplus: configured.filter((cidr) => !current.includes(cidr)),
  };
}

function tell(name: string, { restricted, missing, surplus }: Difference, terminal: Terminal): ExitCode {
  if (!restricted) {
    terminal.note(`route ${name} has no allowCidrs: it takes requests from anywhere, and its verification decides`);
    return 0;
  }
  if (missing.length === 0 && surplus.length === 0) {
    terminal.note(`allowCidrs of route ${name} are these`);
    return 0;
  }
  for (const cidr of missing) terminal.note(`route ${name} lacks ${cidr}: webhooks from there are refused with 403`);
  for (const cidr of surplus) terminal.note(`route ${name} allows ${cidr}, which Genesys does not list`);
  terminal.note('paste the list into the configuration, and deploy');
  return 1;
}
