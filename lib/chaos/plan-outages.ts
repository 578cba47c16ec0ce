import type { SeededRandom } from '../../samples/seeded-random.ts';
import type { CompressedTime } from './compress-time.ts';
import { keyedRandom } from './keyed-random.ts';

/** What can be down. */
export type Victim = keyof CompressedTime['outageMs'];

/** How it is down. `unavailable` is a destination that answers 503; what an AWS service answers is `refuse`. */
export type Trouble = 'refuse' | 'hang' | 'unavailable';

/** One thing that is down, in one way, from a moment to another, in ms since the run began. */
export interface OutagePhase {
  readonly victim: Victim;
  readonly trouble: Trouble;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** In equal parts, in an order that is left to chance. */
const troubles: Readonly<Record<Victim, readonly Trouble[]>> = {
  // A third only: behind calls that hang for seconds the webhooks pile up, as nothing here adds processes as AWS would.
  sqs: ['refuse', 'hang', 'refuse'],
  dynamodb: ['refuse', 'hang', 'refuse'],
  destination: ['refuse', 'unavailable', 'hang'],
};

/** Of the run, in which nothing is down. */
const calmShare = 1 / 3;

/** How long the sender takes at least, so that the outages hit it one by one, with some calm between them. */
export function shortestSpanMs({ outageMs }: CompressedTime): number {
  return Object.values(outageMs).reduce((sum, ms) => sum + ms, 0) / (1 - calmShare);
}

/** Every outage of a run, in the order of time: one of each kind, none at the same time as another. */
export function planOutages(seed: number, spanMs: number, { outageMs }: CompressedTime): readonly OutagePhase[] {
  const random = keyedRandom(seed, 'outages');
  const victims = shuffled(['sqs', 'dynamodb', 'destination'] as const, random);
  const calmMs = spanMs - victims.reduce((sum, victim) => sum + outageMs[victim], 0);
  const calmBefore = victims.map(() => random.between(0, Math.floor(calmMs))).toSorted((a, b) => a - b);
  let downMs = 0;
  return victims.flatMap((victim, index) => {
    const fromMs = (calmBefore[index] ?? 0) + downMs;
    downMs += outageMs[victim];
    const partMs = outageMs[victim] / troubles[victim].length;
    return shuffled(troubles[victim], random).map((trouble, part) => ({
      victim,
      trouble,
      fromMs: fromMs + part * partMs,
      untilMs: fromMs + (part + 1) * partMs,
    }));
  });
}

function shuffled<Item>(items: readonly Item[], random: SeededRandom): readonly Item[] {
  return items
    .map((item) => ({ item, rank: random.between(0, 1_000_000) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
