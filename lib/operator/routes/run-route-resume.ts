import { resumeByOperator } from '../../../lambdas/breaker/advance-breaker.ts';
import { relayCommand } from '../connection/relay-command.ts';
import { requireRoute } from '../connection/select-routes.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { changeBreaker } from './change-breaker.ts';
import { explainBreaker, overwritten, since, whyPaused } from './explain-breaker.ts';
import { routeChangeDocument } from './route-documents.ts';
import type { RouteOptions, RouteTools } from './run-route-list.ts';
import { asTakenByFunctions, isUnreadable, type StoredBreaker } from './stored-breaker.ts';

/**
 * `relay route resume ROUTE`
 *
 * @throws OperatorError `USAGE` when there is no such route.
 */
export async function runRouteResume(
  route: string,
  { json }: RouteOptions,
  { relay, now, signal }: RouteTools,
  terminal: Terminal,
): Promise<ExitCode> {
  requireRoute(relay.location.routes, route);
  const nowMs = now();
  const change = await changeBreaker(
    route,
    (stored) => (isToBeResumed(stored) ? resumeByOperator(asTakenByFunctions(stored), nowMs) : undefined),
    { breakers: relay.breakers, signal },
  );
  const isResumed = isToBeResumed(change.before);
  const see = `  To see: ${relayCommand(relay.location, 'route list')}`;
  const of = `${route} of ${relay.location.description}`;
  if (json) {
    terminal.print(JSON.stringify(routeChangeDocument(route, isResumed ? 'resumed' : 'not-paused', change, nowMs)));
  } else if (isResumed) {
    terminal.print([terminal.paint('green', `resumed ${of}`), ...consequences(change.before, nowMs), see].join('\n'));
  } else {
    const { state, next } = explainBreaker(change.before, nowMs);
    terminal.print(`${of} is not paused: ${state}${next === undefined ? '' : ` (${next})`}. Nothing was changed`);
  }
  return 0;
}

/** What cannot be read may be a pause: written over, it is none. */
function isToBeResumed(breaker: StoredBreaker): boolean {
  return isUnreadable(breaker) || breaker.phase.kind === 'open';
}

function consequences(before: StoredBreaker, nowMs: number): readonly string[] {
  return [
    ...untilNow(before, nowMs),
    '  The first events go within about three minutes: AWS takes that long to join queue and processor again.',
    '  Two at a time at first, more each minute. Should they fail, it is paused again and tried every minute.',
  ];
}

function untilNow(before: StoredBreaker, nowMs: number): readonly string[] {
  if (isUnreadable(before)) return [overwritten];
  const { phase } = before;
  if (phase.kind !== 'open') return [];
  const pause =
    phase.reason === 'operator' ? `paused by an operator ${since(phase.sinceMs, nowMs)}` : whyPaused(phase, nowMs);
  return [`  Until now: ${pause}.`];
}
