import type { Aim, Flaw } from './compare-endpoint.ts';
import type { Entrance } from './entrance.ts';
import type { Finding } from './finding.ts';

/**
 * What is wrong with a URL that misses the relay, and how it should read.
 *
 * @param fix how to change it where it stands, as in "change it in Admin, Message, Platforms"
 */
export function judgeEndpoint(
  aim: Aim,
  entrances: readonly Entrance[],
  fix: (url: string) => string,
): readonly Finding[] {
  if (aim.kind === 'here') return [];
  if (aim.kind === 'elsewhere') {
    if (aim.resembles === undefined) return [];
    const url = urlOf(aim.resembles, entrances);
    return [
      {
        severity: 'note',
        code: 'url-other-host',
        message: `it posts to another relay, or to an earlier deployment of this one, whose host is gone`,
        next: `if this relay is meant: ${fix(url)}`,
      },
    ];
  }
  const url = urlOf(aim.route, entrances);
  // What is put together at the call may well be a route.
  const severity = aim.flaw === 'templated' ? 'note' : 'problem';
  return [{ severity, code: `url-${aim.flaw}`, message: flawMessages[aim.flaw], next: fix(url) }];
}

const flawMessages: Readonly<Record<Flaw, string>> = {
  http: 'the URL has http:// where the relay has https://, and nothing listens there',
  'trailing-slash': 'the URL ends with a slash, and is answered with 404',
  'letter-case': 'the URL differs from the route in upper and lower case, and is answered with 404',
  'unknown-route': 'the URL names a route that this relay does not have, and is answered with 404',
  'other-path': 'the URL leads to the relay, but to no route, and is answered with 404',
  'other-port': 'the URL names a port that the relay does not listen on',
  templated: 'the path of the URL is put together when it is called: whether it is a route cannot be told',
};

function urlOf(route: string | undefined, entrances: readonly Entrance[]): string {
  const urls = entrances.filter((entrance) => route === undefined || entrance.route === route);
  return urls.map(({ ingestUrl }) => ingestUrl).join(' or ');
}
