import { borderlessTable } from '../operator/terminal/borderless-table.ts';
import type { Percentiles } from './account-for-run.ts';
import { countBy } from './measure.ts';
import { type ChaosReport, failuresOf, lostOf, replayCommand } from './report.ts';

/** A table for people: what became of the events, of the destination, and of the relay. */
export function renderReport(report: ChaosReport): string {
  const { account, counts, destination, outages } = report;
  const steps = (step: string) => String(counts.steps[step] ?? 0);
  const rows = [
    ['accepted', `${account.accepted} of ${report.events}`],
    ['dropped by the sender', `${listed(account.dropped)}; ${account.droppedButDelivered} delivered all the same`],
    ['delivered', String(account.delivered)],
    ['dead-lettered', listed(account.deadLettered)],
    ['LOST', String(lostOf(report).length)],
    ['posted twice', listed(countBy(account.repeats.map(({ cause }) => cause)))],
    ['other bytes than sent', String(account.altered.length)],
    ['accept', percentiles(account.accept)],
    ['end to end', percentiles(account.endToEnd)],
    ['POSTs', `${account.posts}, ${account.highestPostsInASecond} in the busiest second`],
    ['POSTs at one time', `${destination.highestConcurrency} of ${destination.allowedConcurrency} allowed`],
    ['highest receive count', String(counts.highestReceiveCount)],
    ['processors killed', `${counts.crashes} of ${counts.batches} batches`],
    ['breaker opened', `${counts.breakerOpened} times, ${steps('trial')} trials`],
    ['first delivery after outage', healed(report)],
    ['spilled, swept', `${steps('spilled')}, ${steps('swept')}`],
    ['renewed', steps('renewed')],
    ['outages', outages.map(renderOutage).join(', ')],
    ['took', inSeconds(report.tookMs)],
  ];
  const missing = report.missing.map(
    ({ eventId, record, lastSteps }) => `${eventId}: ${record}; ${lastSteps.join(' | ')}`,
  );
  const repeats = account.repeats.flatMap(({ eventId, story }) =>
    story === undefined ? [] : [`${eventId}: ${story}`],
  );
  return [
    borderlessTable(rows),
    ...section(report.backlog > 0 ? 'still under way' : 'lost', missing),
    ...section('posted twice for no reason', repeats),
    ...section('arrived with other bytes', account.altered),
  ].join('\n');
}

/** The last line: how it ended, and how to see it again. */
export function renderVerdict(report: ChaosReport): string {
  const failures = failuresOf(report);
  const verdict = failures.length === 0 ? 'nothing lost, nothing unexplained' : `FAILED: ${failures.join('; ')}`;
  return `${verdict} (seed ${report.seed}; again: ${replayCommand(report)})`;
}

function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  return total === 0 ? '0' : `${total}: ${entries.map(([name, count]) => `${count} ${name}`).join(', ')}`;
}

function percentiles({ p50Ms, p99Ms }: Percentiles): string {
  return `p50 ${inSeconds(p50Ms)}, p99 ${inSeconds(p99Ms)}`;
}

function healed({ healedAfterMs, tickMs }: ChaosReport): string {
  return healedAfterMs === undefined ? 'none' : `${inSeconds(healedAfterMs)}, a trial each ${inSeconds(tickMs)}`;
}

function renderOutage({ victim, trouble, fromMs, untilMs }: ChaosReport['outages'][number]): string {
  return `${victim} ${trouble} ${(fromMs / 1_000).toFixed(0)}-${(untilMs / 1_000).toFixed(0)} s`;
}

function inSeconds(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '-' : `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 2 : 0)} s`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
