import { relayCommand } from '../connection/relay-command.ts';
import { added, type Figures, highestOf, latestOf, type RouteFigures, sumOf } from './figures.ts';
import { fullCount } from './say-number.ts';

/** One thing that whoever opens the report should know before anything else. */
export interface Remark {
  readonly weight: 'good' | 'warn' | 'bad';
  readonly text: string;
  /** What to look at, or to do. */
  readonly command?: string;
}

/** A breaker is seen once a minute: a shorter pause may have left no trace. */
const nothingStandsOut = 'Nothing stands out: no pause of a minute or more, no dead letter, no refusal.';

/** What stands out, the worst first; one good remark where nothing does. */
export function judgeFigures({ routes, ...relay }: Figures): readonly Remark[] {
  const remarks = routes.flatMap((route) => judgeRoute(route, relay));
  const [bad, warn] = (['bad', 'warn'] as const).map((weight) => remarks.filter((remark) => remark.weight === weight));
  const sorted = [...(bad ?? []), ...(warn ?? [])];
  return sorted.length > 0 ? sorted : [{ weight: 'good', text: nothingStandsOut }];
}

function judgeRoute(figures: RouteFigures, relay: Pick<Figures, 'flags'>): readonly Remark[] {
  const { route, metrics } = figures;
  const remarks: Remark[] = [];
  const pause = pauseOf(figures);
  if (pause === 'now') {
    remarks.push({
      weight: 'bad',
      text: `${route} is paused: its events wait.`,
      command: relayCommand(relay, 'route list'),
    });
  }
  const notStored = sumOf(metrics.notStored);
  if (notStored > 0) {
    const text = `${route} answered ${fullCount(notStored)} with 503: neither SQS nor S3 took them. Genesys tries again five times.`;
    remarks.push({ weight: 'bad', text });
  }
  const dead = deadLettersOf(figures);
  if (dead !== undefined && dead > 0) {
    const text = `${route} has ${fullCount(dead)} dead ${dead === 1 ? 'letter' : 'letters'}.`;
    remarks.push({ weight: 'bad', text, command: relayCommand(relay, 'dlq list --route', route) });
  }
  if (pause === 'before')
    remarks.push({ weight: 'warn', text: `${route} was paused in this time, and is not any more.` });
  const refused = sumOf(metrics.refused);
  if (refused > 0) {
    remarks.push({
      weight: 'warn',
      text: `${route} refused ${fullCount(refused)}: see the page, under "Not accepted".`,
    });
  }
  return remarks;
}

/** Whether the route is paused, was at some time in the window, or was not. */
export function pauseOf({ metrics }: RouteFigures): 'now' | 'before' | 'none' {
  if ((latestOf(metrics.breakerOpen) ?? 0) > 0) return 'now';
  return (highestOf(metrics.breakerOpen) ?? 0) > 0 ? 'before' : 'none';
}

/** How many dead letters lie there; undefined where SQS published nothing, as it does of a queue that is idle for hours. */
export function deadLettersOf({ metrics }: RouteFigures): number | undefined {
  return latestOf(added(metrics.deadVisible, metrics.deadInFlight));
}
