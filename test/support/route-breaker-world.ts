import { text } from '../../lambdas/contract/message-attributes.ts';
import type { Step } from '../../lambdas/contract/step-log.ts';
import type { Observation } from '../../lambdas/processor/pass.ts';
import {
  type FailedEvent,
  type RouteBreaker,
  type RouteBreakerPorts,
  routeBreaker,
} from '../../lambdas/processor/route-breaker.ts';
import { breakerSettings, queueRetentionSeconds } from '../../lib/infra/timings.ts';
import { memoryBreakerStates } from './memory-breaker-states.ts';
import { memoryParkedObjects } from './memory-parked-objects.ts';
import { settableClock } from './settable-clock.ts';
import { route } from './sqs-record.ts';

/** The breaker as one processor sees it, with everything around it in memory. */
export function routeBreakerWorld(changes: Partial<RouteBreakerPorts> = {}) {
  const clock = settableClock();
  const states = memoryBreakerStates();
  const parked = memoryParkedObjects();
  const steps: Step[] = [];
  let ids = 0;
  const ports: RouteBreakerPorts = {
    route,
    settings: breakerSettings,
    maxConcurrency: 10,
    queueRetentionMs: queueRetentionSeconds * 1_000,
    states,
    parked,
    now: clock.now,
    newId: () => `id-${++ids}`,
    log: (step) => steps.push(step),
    ...changes,
  };
  const copies = () => [...parked.objects.keys()];
  return { breaker: routeBreaker(ports), ports, clock, states, parked, copies, steps };
}

/** An attempt that went well. */
export const well: Observation = { kind: 'well', delivered: true };

/** One that speaks against the destination. */
export const ill = (others: Partial<Extract<Observation, { kind: 'ill' }>> = {}): Observation => ({
  kind: 'ill',
  error: 'HTTP 503',
  ...others,
});

/** One that the destination was asked for too soon. */
export const overrun = (others: Partial<Extract<Observation, { kind: 'overrun' }>> = {}): Observation => ({
  kind: 'overrun',
  error: 'HTTP 429',
  ...others,
});

export const failedEvent: FailedEvent = {
  eventId: 'ill',
  message: {
    messageId: 'message-1',
    receiptHandle: 'receipt-1',
    message: { body: 'ill', attributes: { Route: text(route) } },
  },
};

/** What a processor does with its breaker in one batch. */
export async function batch(breaker: RouteBreaker, ...observations: Observation[]) {
  const gate = await breaker.gate();
  for (const observation of observations) breaker.observe(observation);
  const told = await breaker.report(observations.some(({ kind }) => kind !== 'well') ? failedEvent : undefined);
  return { gate, told };
}

export const tenOf = (observation: Observation) => Array.from({ length: 10 }, () => observation);
