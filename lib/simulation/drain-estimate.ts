import { capacityOf } from './batch-time.ts';
import type { Scenario } from './scenario.ts';

/** What a `maxConcurrency` comes to. */
export interface DrainEstimate {
  readonly maxConcurrency: number;
  /** The most events delivered a second. */
  readonly capacity: number;
  /** From the recovery on, without the minutes of the ramp; undefined for never. */
  readonly drainSeconds: number | undefined;
}

/** By the formula: what has gathered, divided by what is delivered beyond what arrives. */
export function estimateDrain(
  { eventsPerSecond, outageSeconds, latencyMs }: Scenario,
  maxConcurrency: number,
): DrainEstimate {
  const capacity = capacityOf(maxConcurrency, latencyMs);
  const spare = capacity - eventsPerSecond;
  return {
    maxConcurrency,
    capacity,
    drainSeconds: spare > 0 ? (eventsPerSecond * outageSeconds) / spare : undefined,
  };
}

/** The least `maxConcurrency` that delivers so many events a second. */
export function concurrencyFor(eventsPerSecond: number, latencyMs: number): number {
  return Math.ceil(eventsPerSecond / capacityOf(1, latencyMs));
}
