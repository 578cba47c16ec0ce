import { describeError } from '../contract/errors.ts';
import { unknownRoute } from '../contract/metric-names.ts';
import { routeOfSpillKey, spillPrefix } from '../contract/parked-message.ts';
import type { Clock } from '../contract/ports.ts';
import type { LogStep } from '../contract/step-log.ts';
import { isPassedOver, type SpillPorts, sweepWebhook } from './sweep-webhook.ts';

export interface SweepPorts extends SpillPorts {
  readonly now: Clock;
  readonly log: LogStep;
}

/** How much one run may do. The next one comes within a minute. */
export interface SweepBounds {
  readonly mostWebhooks: number;
  /** When the function is ended, epoch ms. Nothing is begun that may not be over by then. */
  readonly endsAtMs: number;
}

/** Webhooks on their way at the same time: AWS answers within tens of ms, and an outage can leave hundreds of thousands. */
const atOnce = 10;

/** Three calls that take as long as `call-limits.ts` lets them, and some to spare. */
const longestWebhookMs = 16_000;

/** One call, and some to spare. */
const longestListMs = 6_000;

/** Webhooks that lie in the spill, by route: those of every route, and more where a key names another one, or none. */
export type SpillWaiting = ReadonlyMap<string, number>;

/**
 * Puts spilled webhooks on their queues, the oldest first, ten at a time. Never rejects: what could not be done now is
 * left to the next run.
 *
 * Two runs may overlap, and each may die anywhere (see `sweepWebhook`). A webhook that is spilled behind the place that
 * a run has come to waits for the next one.
 *
 * @returns what is left, counted as far as there was time; undefined when the bucket could not be read to the end
 */
export async function sweepSpill(ports: SweepPorts, bounds: SweepBounds): Promise<SpillWaiting | undefined> {
  const run: Run = { bounds, failedSends: new Map(), swept: 0, goesOn: true };
  const waiting = new Map(Object.keys(ports.queues).map((route) => [route, 0]));
  let after: string | undefined;
  while (run.goesOn || ports.now() + longestListMs <= bounds.endsAtMs) {
    const keys = await listKeys(ports, after);
    if (keys === undefined) return undefined;
    if (keys.length === 0) break;
    after = keys.at(-1);
    const left = run.goesOn ? await sweepPage(keys, run, ports) : keys;
    for (const key of left) {
      const route = routeOfSpillKey(key) ?? unknownRoute;
      waiting.set(route, (waiting.get(route) ?? 0) + 1);
    }
  }
  return waiting;
}

interface Run {
  readonly bounds: SweepBounds;
  readonly failedSends: Map<string, number>;
  swept: number;
  /** False once nothing more is to be swept, and what is left is only counted. */
  goesOn: boolean;
}

/** @returns the keys of those that are still there */
async function sweepPage(keys: readonly string[], run: Run, ports: SweepPorts): Promise<readonly string[]> {
  const { mostWebhooks, endsAtMs } = run.bounds;
  const left: string[] = [];
  let next = 0;
  while (run.goesOn && next < keys.length) {
    if (run.swept >= mostWebhooks || ports.now() + longestWebhookMs > endsAtMs) {
      run.goesOn = false;
      break;
    }
    const together = keys.slice(next, next + Math.min(atOnce, mostWebhooks - run.swept));
    next += together.length;
    const fates = await Promise.all(together.map((key) => sweepWebhook(key, ports, run.failedSends)));
    run.swept += fates.filter((fate) => fate === 'swept').length;
    left.push(...together.filter((_key, index) => fates[index] === 'left' || fates[index] === 'bucket-failed'));
    // One object that cannot be had blocks nobody; when none can, it is the bucket that is down.
    const isBucketDown = fates.every((fate) => fate === 'bucket-failed');
    const areQueuesDown = Object.keys(ports.queues).every((route) => isPassedOver(route, run.failedSends));
    run.goesOn = !isBucketDown && !areQueuesDown;
  }
  return [...left, ...keys.slice(next)];
}

async function listKeys(
  { parked, log }: SweepPorts,
  after: string | undefined,
): Promise<readonly string[] | undefined> {
  try {
    return await parked.list(spillPrefix, after);
  } catch (error) {
    log({ step: 'fault', route: unknownRoute, during: 'listing the spill', error: describeError(error) });
    return undefined;
  }
}
