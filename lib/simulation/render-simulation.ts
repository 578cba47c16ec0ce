import { smallestConcurrency } from '../../lambdas/contract/aws-limits.ts';
import { priceList } from '../cost/price-list.ts';
import { borderlessTable } from '../operator/terminal/borderless-table.ts';
import { concurrencyFor, estimateDrain } from './drain-estimate.ts';
import { formatBytes, formatCount, formatDollars, formatDuration } from './format.ts';
import type { OutageFigures } from './outage-figures.ts';
import { pickMoments } from './pick-moments.ts';
import { defaultMaxConcurrency, type Scenario } from './scenario.ts';
import type { Mode, Run } from './simulate-outage.ts';
import { limits } from './weigh-limits.ts';

/** A run and what it comes to. */
export interface Told {
  readonly run: Run;
  readonly figures: OutageFigures;
}

export interface Simulation {
  readonly scenario: Scenario;
  readonly withBreaker: Told;
  readonly withoutBreaker: Told;
}

/** @param shown the mode whose course is printed */
export function renderSimulation(simulation: Simulation, shown: Mode): string {
  const { withBreaker, withoutBreaker, scenario } = simulation;
  const course = shown === 'with-breaker' ? withBreaker : withoutBreaker;
  return [
    headline(scenario),
    comparison(withBreaker.figures, withoutBreaker.figures),
    courseTable(course.run, shown),
    limitTable(withBreaker.figures, withoutBreaker.figures),
    drainTable(scenario),
    `Prices: ${priceList.region}, ${priceList.asOf}, from the queue on. What the model leaves out: docs/scale.md`,
  ].join('\n\n');
}

function headline(scenario: Scenario): string {
  const { eventsPerSecond, outageSeconds, failingShare, latencyMs, outageLatencyMs, maxConcurrency, eventBytes } =
    scenario;
  const fails = failingShare === 1 ? 'every POST fails' : `${formatCount(failingShare * 100)} % of the POSTs fail`;
  return [
    `${formatCount(eventsPerSecond)} events/s of ${formatBytes(eventBytes)}; for ${formatDuration(outageSeconds)} ${fails}.`,
    `The destination answers in ${formatCount(latencyMs)} ms, in the outage in ${formatCount(outageLatencyMs)} ms; maxConcurrency is ${maxConcurrency}.`,
  ].join('\n');
}

function comparison(...both: readonly [OutageFigures, OutageFigures]): string {
  const row = (name: string, of: (figures: OutageFigures) => string) => [name, ...both.map(of)];
  const after = (seconds: number | undefined) =>
    seconds === undefined ? 'never' : seconds === 0 ? 'at once' : formatDuration(seconds);
  const untilDrained = (cost: (figures: OutageFigures) => number) => (figures: OutageFigures) =>
    figures.drainedAfterS === undefined ? '-' : formatDollars(cost(figures));
  return borderlessTable([
    ['', 'WITH BREAKER', 'WITHOUT'],
    row('POSTs during the outage', ({ postsDuringOutage }) => formatCount(postsDuringOutage)),
    row('  a second, at most', ({ highestPostRateDuringOutage }) => formatCount(highestPostRateDuringOutage)),
    row('dead letters', ({ deadLetters }) => formatCount(deadLetters)),
    row('receives for nothing', ({ receivesForNothing }) => formatCount(receivesForNothing)),
    row('highest receive count', ({ highestReceives }) => formatCount(highestReceives)),
    row('most events waiting', ({ mostWaiting }) => formatCount(mostWaiting)),
    row('most in flight', ({ mostInFlight }) => formatCount(mostInFlight)),
    row("  SQS's limit met after", ({ inFlightFullAtS }) => after(inFlightFullAtS)),
    row('first delivery after recovery', ({ firstDeliveryAfterS }) => after(firstDeliveryAfterS)),
    row('POSTs in the minute after it', ({ postsInMinuteAfter }) => formatCount(postsInMinuteAfter)),
    row('full flow after recovery', ({ fullFlowAfterS }) => after(fullFlowAfterS)),
    row('queue worked off after recovery', ({ drainedAfterS }) => after(drainedAfterS)),
    row('longest wait of an event', ({ longestWaitS }) => formatDuration(longestWaitS)),
    row(
      'cost until then',
      untilDrained(({ cost }) => cost.total),
    ),
    row(
      '  of as long without an outage',
      untilDrained(({ quietCost }) => quietCost.total),
    ),
  ]);
}

function courseTable(run: Run, shown: Mode): string {
  const title = shown === 'with-breaker' ? 'With the breaker' : 'Without the breaker';
  const rows = pickMoments(run).map(({ atS, phase, visible, inFlight, postRate, deliveryRate }) => [
    atS < 0 ? `-${formatDuration(-atS)}` : formatDuration(atS),
    phase,
    ...[visible, inFlight, postRate, deliveryRate].map(formatCount),
  ]);
  return `${title}:\n${borderlessTable([['TIME', 'BREAKER', 'VISIBLE', 'IN FLIGHT', 'POSTS/S', 'DELIVERED/S'], ...rows])}`;
}

/** All but rounding. */
const reachedShare = 0.9999;

function limitTable(...both: readonly [OutageFigures, OutageFigures]): string {
  const rows = limits.map(({ name, allowed, reached, format }) => [
    name,
    format(allowed),
    ...both.map(
      (figures) => `${format(reached(figures))}${reached(figures) >= reachedShare * allowed ? ' REACHED' : ''}`,
    ),
  ]);
  return borderlessTable([['LIMIT', 'ALLOWED', 'WITH BREAKER', 'WITHOUT'], ...rows]);
}

/** For the configured one, the default, and those that drain in as long as the outage took, a half and a quarter of it. */
function drainTable(scenario: Scenario): string {
  const { eventsPerSecond, latencyMs, maxConcurrency } = scenario;
  const wanted = [1, 2, 4].map((times) => concurrencyFor(eventsPerSecond * (1 + times), latencyMs));
  const candidates = new Set([defaultMaxConcurrency, maxConcurrency, ...wanted]);
  const rows = [...candidates]
    .filter((candidate) => candidate >= smallestConcurrency && candidate <= 1_000)
    .toSorted((a, b) => a - b)
    .map((candidate) => estimateDrain(scenario, candidate))
    .map(({ maxConcurrency: candidate, capacity, drainSeconds }) => [
      String(candidate),
      formatCount(capacity),
      formatCount(2 * capacity),
      drainSeconds === undefined ? 'never' : formatDuration(drainSeconds),
    ]);
  return borderlessTable([['MAXCONCURRENCY', 'EVENTS/S AT MOST', 'WRITES/S', 'WORKED OFF IN'], ...rows]);
}
