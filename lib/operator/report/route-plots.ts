import { added, highestOf, latestOf, type RouteFigures, type Series, sumOf } from './figures.ts';
import type { Ink, Mark, Plot } from './plot.ts';
import { fullCount, shortTime } from './say-number.ts';
import type { TimeWindow } from './time-window.ts';

/** What is drawn of one route: from accepted to delivered first, and then what stood in between. */
export function routePlots({ route, metrics }: RouteFigures, window: TimeWindow): readonly Plot[] {
  const plot = (name: string, shown: Pick<Plot, 'title' | 'unit' | 'marks' | 'ifEmpty'>): Plot => ({
    id: `${route.replace(/[^\w-]/g, '_')}-${name}`,
    paused: metrics.breakerOpen,
    window,
    ...shown,
  });
  return [
    plot('flow', {
      title: 'Accepted and delivered',
      unit: 'count',
      marks: [
        counted('area', 'accepted', 'accepted', metrics.accepted),
        counted('step', 'delivered', 'delivered', metrics.delivered),
      ],
      ifEmpty: 'Nothing was accepted or delivered.',
    }),
    plot('time', {
      title: 'Receipt to delivery',
      unit: 'milliseconds',
      marks: [timed('p50', 'p50', metrics.timeToDeliveryP50), timed('p99', 'p99', metrics.timeToDeliveryP99)],
      ifEmpty: 'Nothing was delivered.',
    }),
    plot('queue', {
      title: 'Waiting or in flight',
      unit: 'count',
      marks: [level('events', 'waiting', added(metrics.waiting, metrics.inFlight))],
      ifEmpty: 'SQS published nothing: the queue was idle.',
    }),
    plot('dead', {
      title: 'Dead letters',
      unit: 'count',
      marks: [level('in the queue', 'dead', added(metrics.deadVisible, metrics.deadInFlight))],
      ifEmpty: 'SQS published nothing: the queue was idle.',
    }),
    plot('causes', {
      title: 'New dead letters by cause',
      unit: 'count',
      marks: byKind(metrics.deadLettersBy),
      ifEmpty: 'None.',
    }),
    plot('retries', {
      title: 'Retries by class',
      unit: 'count',
      marks: byKind(metrics.retriedBy),
      ifEmpty: 'None.',
    }),
    plot('refused', {
      title: 'Not accepted',
      unit: 'count',
      marks: [...byKind({ ...metrics.refusedBy, 'not stored (503)': metrics.notStored })],
      ifEmpty: 'None.',
    }),
    plot('latency', {
      title: 'Answer to the sender, and one POST',
      unit: 'milliseconds',
      marks: [
        timed('answer p50', 'accepted', metrics.ingestP50),
        timed('p99', 'delivered', metrics.ingestP99),
        timed('POST p50', 'p50', metrics.deliveryP50),
        timed('p99', 'p99', metrics.deliveryP99),
      ],
      ifEmpty: 'Nothing was accepted or posted.',
    }),
    plot('age', {
      title: 'Age of the oldest event',
      unit: 'seconds',
      marks: [
        {
          ...level('age', 'age', metrics.oldestSeconds),
          summary: summaryOfTime(inMilliseconds(metrics.oldestSeconds)),
        },
      ],
      ifEmpty: 'SQS published nothing: the queue was idle.',
    }),
  ];
}

function counted(shape: Mark['shape'], name: string, ink: Ink, values: Series): Mark {
  return { shape, name, ink, values, summary: fullCount(sumOf(values)) };
}

const kindInks = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** A kind keeps its colour whatever others there are; those that did not occur are not shown. */
function byKind(kinds: Readonly<Record<string, Series>>): readonly Mark[] {
  return Object.entries(kinds).flatMap(([name, values], index) =>
    sumOf(values) === 0 ? [] : [counted('bar', name, `kind-${kindInks[index % kindInks.length] ?? 1}`, values)],
  );
}

function timed(name: string, ink: Ink, values: Series): Mark {
  return { shape: 'line', name, ink, values, summary: summaryOfTime(values) };
}

function summaryOfTime(values: Series): string {
  const highest = highestOf(values);
  return highest === undefined ? 'none' : `up to ${shortTime(highest)}`;
}

function level(name: string, ink: Ink, values: Series): Mark {
  const [latest, highest] = [latestOf(values), highestOf(values)];
  const summary = latest === undefined || highest === undefined ? 'not known' : `${fullCount(latest)} now`;
  const most = highest !== undefined && highest !== latest ? `, ${fullCount(highest)} at most` : '';
  return { shape: 'line', name, ink, values, summary: summary + most };
}

function inMilliseconds(seconds: Series): Series {
  return seconds.map((value) => (value === undefined ? undefined : value * 1_000));
}
