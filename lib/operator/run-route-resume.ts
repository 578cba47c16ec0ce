import { resumeByOperator } from '../../lambdas/breaker/advance-breaker.ts';
import { changeBreaker } from './change-breaker.ts';
import { explainBreaker, whyPaused } from './explain-breaker.ts';
import { routeChangeDocument } from './route-documents.ts';
import type { RouteOptions, RouteTools } from './run-route-list.ts';
import { selectRoutes } from './select-routes.ts';
import type { ExitCode, Terminal } from './terminal.ts';

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
  selectRoutes(relay.location.routes, route);
  const nowMs = now();
  const change = await changeBreaker(
    route,
    (state) => (state.phase.kind === 'open' ? resumeByOperator(state, nowMs) : undefined),
    { breakers: relay.breakers, signal },
  );
  const { phase } = change.before;
  const of = `${route} of ${relay.location.description}`;
  if (json) {
    const outcome = phase.kind === 'open' ? 'resumed' : 'not-paused';
    terminal.print(JSON.stringify(routeChangeDocument(route, outcome, change, nowMs)));
  } else if (phase.kind === 'open') {
    terminal.print(
      [
        terminal.paint('green', `resumed ${of}`),
        `  Until now: ${whyPaused(phase, nowMs)}.`,
        '  Its queue and processor are joined within a minute. The first events go one at a time, more each minute.',
        '  Should they fail, it is paused again and tried every minute. To see: relay route list',
      ].join('\n'),
    );
  } else {
    const { state, next } = explainBreaker(change.before, nowMs);
    terminal.print(`${of} is not paused: ${state}${next === undefined ? '' : ` (${next})`}. Nothing was changed`);
  }
  return 0;
}
