import { OperatorError } from '../../operator/operator-error.ts';
import type { Entrance } from '../check/entrance.ts';

/**
 * The URL to give to Genesys, checked to be one that it can post to.
 *
 * @param override in place of the route's own: a tunnel to a local run, a domain of one's own
 * @throws OperatorError `USAGE` for a route that Open Messaging cannot get into, and for a URL that Genesys cannot reach
 */
export function connectableUrl(
  { route, ingestUrl, verify, secretArn }: Entrance,
  override: string | undefined,
): string {
  if (verify !== undefined && verify.kind !== 'open-messaging') {
    throw new OperatorError(
      'USAGE',
      `route "${route}" verifies ${verify.kind}, and Open Messaging signs in a way of its own: connect a route with verify: { kind: 'open-messaging' }`,
    );
  }
  if (secretArn === undefined) {
    throw new OperatorError(
      'USAGE',
      `route "${route}" has no secret, and Genesys wants one: give it verify: { kind: 'open-messaging' }, and deploy`,
    );
  }
  const url = override ?? ingestUrl;
  if (!URL.canParse(url)) throw new OperatorError('USAGE', `--url is "${url}": it must be an https URL`);
  const { protocol, port, pathname } = new URL(url);
  if (protocol !== 'https:' || port !== '') {
    throw new OperatorError(
      'USAGE',
      `Genesys posts to https and port 443 only, and cannot reach ${url}: for a local relay, open a tunnel to it and give --url https://TUNNEL/webhooks/${route}`,
    );
  }
  if (!pathname.endsWith(`/webhooks/${route}`)) {
    throw new OperatorError('USAGE', `--url is "${url}": it must end with /webhooks/${route}`);
  }
  return url;
}
