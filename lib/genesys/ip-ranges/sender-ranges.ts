import { isIPv6 } from 'node:net';
import * as z from 'zod';
import { findRegion, type GenesysRegion } from '../connection/region.ts';

/** The services of Genesys that post to a relay. */
export const senderServices = ['open-messaging', 'data-actions'] as const;

export type SenderService = (typeof senderServices)[number];

/** An entry of `GET /api/v2/ipranges`; the SDK's model promises none of its fields. */
export const ipRangesSchema = z.object({
  entities: z
    .array(
      z.object({
        cidr: z.string(),
        service: z.string().optional(),
        region: z.string().optional(),
        direction: z.string().optional(),
      }),
    )
    .default([]),
});

export type IpRange = z.output<typeof ipRangesSchema>['entities'][number];

/**
 * The ranges that a region's webhooks come from, as `allowCidrs` takes them: sorted, each once.
 *
 * A range that says nothing of its direction or region, or something that is not known here, is let in: leaving out one
 * that sends loses webhooks, and one too many costs little, since the signature is what tells who sends.
 */
export function senderRanges(
  ranges: readonly IpRange[],
  services: readonly SenderService[],
  region: GenesysRegion,
): readonly string[] {
  const wanted: ReadonlySet<string> = new Set(services);
  const cidrs = ranges
    .filter(({ service }) => service !== undefined && wanted.has(service.toLowerCase()))
    // Genesys's point of view: "inbound" is what reaches Genesys.
    .filter(({ direction }) => direction?.toLowerCase() !== 'inbound')
    .filter((range) => {
      const named = range.region === undefined ? undefined : findRegion(range.region);
      return named === undefined || named.host === region.host;
    })
    .map(({ cidr }) => withPrefix(cidr.trim()));
  return [...new Set(cidrs)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** A bare address is the range of itself. */
function withPrefix(cidr: string): string {
  if (cidr.includes('/')) return cidr;
  return `${cidr}/${isIPv6(cidr) ? 128 : 32}`;
}
