import { addValue, type Distribution, emptyDistribution, mergeDistribution } from './distribution.ts';
import type { MetricValues } from './read-metrics.ts';

/** The metrics of a run, in memory that does not grow with its length. */
export interface Figures {
  add(metric: MetricValues, atMs: number): void;
  /** What was published of one metric, by the beginning of each period in epoch ms; empty periods are left out. */
  read(metric: Omit<MetricValues, 'values'>, window: FiguresWindow): ReadonlyMap<number, Distribution>;
}

export interface FiguresWindow {
  readonly fromMs: number;
  /** Exclusive. */
  readonly untilMs: number;
  readonly periodMs: number;
}

/** How finely time is kept: the more of it there is, the coarser. Each is a multiple of the one before. */
const slotWidthsMs = [10_000, 60_000, 300_000, 3_600_000] as const;

/** Of one metric, in any width but the last; the last goes back this far, 60 days, and forgets what is older. */
const mostSlots = 1_440;

/** A route has some forty metrics. Names and dimensions come from our own functions: more than this is a fault of theirs. */
const mostMetrics = 2_000;

type Slots = Map<number, Distribution>;

export function keepFigures(): Figures {
  const metrics = new Map<string, Slots>();
  let widthIndex = 0;
  let firstMs: number | undefined;
  const widthMs = () => slotWidthsMs[widthIndex] ?? slotWidthsMs[0];

  /** All metrics have one width, so that they can be drawn over each other. */
  function makeRoom(atMs: number): void {
    firstMs ??= atMs;
    while ((atMs - firstMs) / widthMs() > mostSlots && widthIndex < slotWidthsMs.length - 1) {
      widthIndex += 1;
      for (const [key, slots] of metrics) metrics.set(key, regroup(slots, widthMs()));
    }
    const oldestMs = atMs - mostSlots * widthMs();
    if (firstMs >= oldestMs) return;
    firstMs = oldestMs;
    for (const slots of metrics.values()) {
      for (const startMs of slots.keys()) if (startMs < oldestMs) slots.delete(startMs);
    }
  }

  return {
    add: (metric, atMs) => {
      makeRoom(atMs);
      const key = keyOf(metric);
      const slots = metrics.get(key) ?? new Map<number, Distribution>();
      if (!metrics.has(key) && metrics.size >= mostMetrics) return;
      metrics.set(key, slots);
      const distribution = slotAt(slots, atMs, widthMs());
      for (const value of metric.values) addValue(distribution, value);
    },
    read: (metric, { fromMs, untilMs, periodMs }) => {
      const within = [...(metrics.get(keyOf(metric)) ?? [])].filter(
        ([startMs]) => startMs >= fromMs && startMs < untilMs,
      );
      return regroup(new Map(within), periodMs);
    },
  };
}

function regroup(slots: Slots, widthMs: number): Slots {
  const grouped: Slots = new Map();
  for (const [startMs, distribution] of slots) mergeDistribution(slotAt(grouped, startMs, widthMs), distribution);
  return grouped;
}

/** The slot that a moment falls into: there from now on. */
function slotAt(slots: Slots, atMs: number, widthMs: number): Distribution {
  const startMs = Math.floor(atMs / widthMs) * widthMs;
  const distribution = slots.get(startMs) ?? emptyDistribution();
  slots.set(startMs, distribution);
  return distribution;
}

function keyOf({ namespace, name, dimensions }: Omit<MetricValues, 'values'>): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
