import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import { OperatorError, reasonOf } from '../operator-error.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { type CountMetric, type Figures, highestOf, latestOf, sumOf, totalOf } from './figures.ts';
import { deadLettersOf, judgeFigures, pauseOf } from './judge-figures.ts';
import { readFigures } from './read-figures.ts';
import { renderPage } from './render-page.ts';
import { requestCosts, totalDollars } from './request-costs.ts';
import { fullCount, shortTime } from './say-number.ts';
import { longestHours, windowOf } from './time-window.ts';

export interface ReportOptions {
  /** As the operator wrote it. */
  readonly hours: string;
  /** Path of the page. */
  readonly output: string;
  readonly json: boolean;
}

export interface ReportTools {
  readonly relay: Pick<Relay, 'location' | 'readMetrics'>;
  readonly now: Clock;
  /** Replaces what is there. */
  readonly writeFile: (path: string, text: string) => Promise<void>;
}

/**
 * `relay report`
 *
 * @throws OperatorError `USAGE` for hours that are none or a file that cannot be written, `SERVICE_FAILED` when the metrics
 *   cannot be read
 */
export async function runReport(
  { hours, output, json }: ReportOptions,
  { relay, now, writeFile }: ReportTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const { location, readMetrics } = relay;
  const window = windowOf(parseHours(hours), now(), location.startedAtMs);
  const routes = [...location.routes].map(([name, queues]) => ({ name, ...queues }));
  const figures = await readFigures({ ...location, routes }, window, readMetrics);
  try {
    await writeFile(output, renderPage(figures));
  } catch (error) {
    throw new OperatorError(
      'USAGE',
      `cannot write "${output}" (${reasonOf(error)}): name another file with --output`,
      error,
    );
  }
  terminal.print(json ? JSON.stringify(reportDocument(figures, output)) : summary(figures, output, terminal));
  return 0;
}

/** @throws OperatorError `USAGE` */
function parseHours(text: string): number {
  const hours = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (hours > 0 && hours <= longestHours) return hours;
  throw new OperatorError(
    'USAGE',
    `--hours takes a number above 0 and up to ${longestHours}, which is as far back as CloudWatch goes, not "${text}"`,
  );
}

function summary(figures: Figures, file: string, { paint }: Terminal): string {
  const { fromMs, untilMs } = figures.window;
  const total = (metric: CountMetric) => fullCount(totalOf(figures, metric));
  const remarks = judgeFigures(figures).map(({ weight, text, command }) =>
    ['  ', paint(weight === 'good' ? 'green' : weight === 'warn' ? 'yellow' : 'red', text), command ?? '']
      .join(' ')
      .trimEnd(),
  );
  return [
    `${paint('bold', file)}: ${shortTime(untilMs - fromMs)} of ${figures.relay}`,
    `   ${total('accepted')} accepted, ${total('delivered')} delivered, ${total('duplicates')} duplicates, ${total('deadLetters')} new dead letters`,
    ...remarks,
  ].join('\n');
}

/** The one object of `relay report --json`. Scripts read it: names and types stay, fields may join. */
function reportDocument(figures: Figures, file: string) {
  const { fromMs, untilMs, periodSeconds } = figures.window;
  return {
    file,
    fromMs,
    untilMs,
    periodSeconds,
    requestCostDollars: totalDollars(requestCosts(figures)),
    routes: figures.routes.map((route) => {
      const { metrics } = route;
      return {
        route: route.route,
        accepted: sumOf(metrics.accepted),
        delivered: sumOf(metrics.delivered),
        duplicates: sumOf(metrics.duplicates),
        retried: sumOf(metrics.retried),
        refused: sumOf(metrics.refused),
        notStored: sumOf(metrics.notStored),
        spilled: sumOf(metrics.spilled),
        newDeadLetters: sumOf(metrics.deadLetters),
        /** Null where SQS published nothing. */
        deadLetters: deadLettersOf(route) ?? null,
        paused: pauseOf(route) === 'now',
        oldestSeconds: latestOf(metrics.oldestSeconds) ?? null,
        highestTimeToDeliveryP99Ms: highestOf(metrics.timeToDeliveryP99) ?? null,
      };
    }),
  };
}
