import { takesNoWebhooks } from '../../operator/connection/relay-location.ts';
import type { Entrance } from './entrance.ts';
import type { Finding } from './finding.ts';

/** What to know of a route, whoever posts to it. */
export function judgeRoute(entrance: Entrance): readonly Finding[] {
  const { route, verify } = entrance;
  if (takesNoWebhooks(entrance)) {
    const message = `route ${route} takes the events of a bus only: a POST to it is answered with 404`;
    return [{ severity: 'problem', code: 'no-way-in', message, next: 'give the route a verify, and deploy' }];
  }
  if (verify?.kind === 'none') {
    const message = `route ${route} accepts unsigned requests: whoever knows the URL can send`;
    return [{ severity: 'note', code: 'unsigned', message, next: 'set verify for the route, and deploy' }];
  }
  return [];
}
