import type { Finding } from './finding.ts';

/** What to know about something that posts to a route without verification. */
export function unsigned(route: string): Finding {
  return {
    severity: 'note',
    code: 'unsigned',
    message: `route ${route} accepts unsigned requests: whoever knows the URL can send`,
    next: 'set verify for the route, and deploy',
  };
}
