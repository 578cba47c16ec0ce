import { pauseByOperator } from '../../../lambdas/breaker/advance-breaker.ts';
import { relayCommand } from '../connection/relay-command.ts';
import { requireRoute } from '../connection/select-routes.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { type BreakerChange, changeBreaker } from './change-breaker.ts';
import { isEmptied, overwritten, retentionDays, whyPaused } from './explain-breaker.ts';
import { routeChangeDocument } from './route-documents.ts';
import type { RouteOptions, RouteTools } from './run-route-list.ts';
import { asTakenByFunctions, isUnreadable, type StoredBreaker } from './stored-breaker.ts';

/**
 * `relay route pause ROUTE`
 *
 * @throws OperatorError `USAGE` when there is no such route.
 */
export async function runRoutePause(
  route: string,
  { json }: RouteOptions,
  { relay, now, signal }: RouteTools,
  terminal: Terminal,
): Promise<ExitCode> {
  requireRoute(relay.location.routes, route);
  const nowMs = now();
  const change = await changeBreaker(
    route,
    (state) => (isPausedByOperator(state) ? undefined : pauseByOperator(asTakenByFunctions(state), nowMs)),
    { breakers: relay.breakers, signal },
  );
  const outcome = isPausedByOperator(change.before) ? 'already-paused' : 'paused';
  terminal.print(
    json
      ? JSON.stringify(routeChangeDocument(route, outcome, change, nowMs))
      : [
          outcome === 'paused'
            ? terminal.paint('green', `paused ${route} of ${relay.location.description}`)
            : `${route} of ${relay.location.description} is paused by an operator already: nothing was changed`,
          ...consequences(change, nowMs),
          `  To go on: ${relayCommand(relay.location, 'route resume', route)}`,
        ].join('\n'),
  );
  return 0;
}

function isPausedByOperator(breaker: StoredBreaker): boolean {
  return !isUnreadable(breaker) && breaker.phase.kind === 'open' && breaker.phase.reason === 'operator';
}

function consequences({ before, after }: BreakerChange, nowMs: number): readonly string[] {
  const lines: string[] = [];
  if (isUnreadable(before)) {
    lines.push(overwritten);
  } else if (before.phase.kind === 'open' && !isPausedByOperator(before)) {
    lines.push(`  It was paused already: ${whyPaused(before.phase, nowMs)}.`);
    lines.push('  Now it does not reopen by itself any more.');
  }
  lines.push(
    '  No new POST is made. Those under way are finished; queue and processor are parted within about three minutes.',
  );
  lines.push(`  Events are accepted as before and wait on the queue. SQS keeps each for ${retentionDays} days.`);
  lines.push(
    isEmptied(after, nowMs)
      ? '  What waits is being moved to the dead letter queue, which keeps it longer.'
      : `  After ${retentionDays / 2} days of pause, what waits is moved to the dead letter queue.`,
  );
  return lines;
}
