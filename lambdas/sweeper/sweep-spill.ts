import { describeError } from '../contract/errors.ts';
import { spillPrefix } from '../contract/parked-message.ts';
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

/**
 * Puts spilled webhooks on their queues, the oldest first, ten at a time. Never rejects: what could not be done now is
 * left to the next run.
 *
 * Two runs may overlap, and each may die anywhere (see `sweepWebhook`). A webhook that is spilled behind the place that
 * a run has come to waits for the next one.
 */
export async function sweepSpill(ports: SweepPorts, { mostWebhooks, endsAtMs }: SweepBounds): Promise<void> {
  const failedSends = new Map<string, number>();
  let swept = 0;
  let after: string | undefined;
  while (true) {
    const keys = await listKeys(ports, after);
    if (keys.length === 0) return;
    after = keys.at(-1);
    for (let next = 0; next < keys.length; ) {
      if (swept >= mostWebhooks || ports.now() + longestWebhookMs > endsAtMs) return;
      const together = keys.slice(next, next + Math.min(atOnce, mostWebhooks - swept));
      next += together.length;
      const fates = await Promise.all(together.map((key) => sweepWebhook(key, ports, failedSends)));
      swept += fates.filter((fate) => fate === 'swept').length;
      // One object that cannot be had blocks nobody; when none can, it is the bucket that is down.
      if (fates.every((fate) => fate === 'bucket-failed')) return;
      if (Object.keys(ports.queues).every((route) => isPassedOver(route, failedSends))) return;
    }
  }
}

async function listKeys({ parked, log }: SweepPorts, after: string | undefined): Promise<readonly string[]> {
  try {
    return await parked.list(spillPrefix, after);
  } catch (error) {
    log({ step: 'fault', route: 'unknown', during: 'listing the spill', error: describeError(error) });
    return [];
  }
}
