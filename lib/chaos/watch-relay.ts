import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { attributeNames } from '../../lambdas/contract/message-attributes.ts';
import type { LiveStep } from '../local/live-step.ts';
import type { AttemptOutcome, EventEvidence } from './explain-repeats.ts';
import { countBy } from './measure.ts';

/** What the relay tells of itself, and what is done to it, kept by event. */
export interface RelayWatch {
  readonly onStep: (step: LiveStep) => void;
  readonly onBatch: (event: SQSEvent) => void;
  /** A processor that has just been handed these events is killed with them. */
  onKill(eventIds: readonly string[]): void;
  evidenceOf(eventId: string): Pick<EventEvidence, 'outcomes' | 'crashes'>;
  /** The last steps of an event, for whoever wonders where it is. */
  lastSteps(eventId: string): readonly string[];
  counts(): RelayCounts;
}

/** How often what happened. */
export interface RelayCounts {
  readonly steps: Readonly<Record<string, number>>;
  readonly breakerOpened: number;
  readonly batches: number;
  readonly crashes: number;
  readonly highestReceiveCount: number;
}

/** A step as the functions write it. */
const timedStepSchema = z.looseObject({
  step: z.string(),
  eventId: z.string(),
  time: z.iso.datetime().transform((time) => Date.parse(time)),
  error: z.string().optional(),
  during: z.string().optional(),
  outcome: z.string().optional(),
});

type TimedStep = z.output<typeof timedStepSchema>;

const breakerStepSchema = z.object({ step: z.literal('breaker'), from: z.string(), to: z.string() });

const lastStepsKept = 6;

/** @param now epoch ms */
export function watchRelay(now: () => number): RelayWatch {
  const steps = new Map<string, TimedStep[]>();
  /** When each event was handed to a processor, and whether that was killed with it. */
  const handOvers = new Map<string, { readonly atMs: number; killed: boolean }[]>();
  const stepNames: string[] = [];
  const counts = { breakerOpened: 0, batches: 0, crashes: 0, highestReceiveCount: 0 };
  const stepsOf = (eventId: string) => steps.get(eventId) ?? [];
  const handOversOf = (eventId: string) => handOvers.get(eventId) ?? [];

  return {
    counts: () => ({ ...counts, steps: countBy(stepNames) }),

    onStep: (step) => {
      stepNames.push(step.step);
      const change = breakerStepSchema.safeParse(step);
      if (change.success && change.data.to === 'open' && change.data.from !== 'open') counts.breakerOpened++;
      const timed = timedStepSchema.safeParse(step);
      if (timed.success) steps.set(timed.data.eventId, [...stepsOf(timed.data.eventId), timed.data]);
    },

    onBatch: (event) => {
      counts.batches++;
      const receiveCounts = event.Records.map(({ attributes }) => Number(attributes.ApproximateReceiveCount));
      counts.highestReceiveCount = Math.max(counts.highestReceiveCount, ...receiveCounts);
      for (const eventId of eventIdsOf(event)) {
        handOvers.set(eventId, [...handOversOf(eventId), { atMs: now(), killed: false }]);
      }
    },

    onKill: (eventIds) => {
      counts.crashes++;
      for (const eventId of eventIds) {
        const last = handOversOf(eventId).at(-1);
        if (last !== undefined) last.killed = true;
      }
    },

    evidenceOf: (eventId) => ({
      outcomes: stepsOf(eventId).flatMap(attemptOutcome),
      // On a busy machine the end can come long after it was decided on, but never after the next hand-over: until then
      // the message is hidden for longer than a processor may run.
      crashes: handOversOf(eventId).flatMap(({ atMs, killed }, index, all) =>
        killed ? [{ fromMs: atMs, untilMs: all[index + 1]?.atMs ?? Number.POSITIVE_INFINITY }] : [],
      ),
    }),

    lastSteps: (eventId) =>
      stepsOf(eventId)
        .slice(-lastStepsKept)
        .map(({ step, during, error }) => [step, during, error].filter((part) => part !== undefined).join(' ')),
  };
}

function attemptOutcome({ step, time, error, during, outcome }: TimedStep): readonly AttemptOutcome[] {
  if (step === 'delivered' || step === 'retrying') return [{ kind: step, atMs: time, error }];
  // A trial that failed is told of by whoever made it, and not as an attempt.
  if (step === 'trial' && outcome === 'failed') return [{ kind: 'retrying', atMs: time, error }];
  if (step === 'fault' && during === 'attempting the delivery') return [{ kind: 'not-recorded', atMs: time, error }];
  return [];
}

/** The events in a batch. */
export function eventIdsOf({ Records }: SQSEvent): readonly string[] {
  return Records.flatMap(({ messageAttributes }) => messageAttributes[attributeNames.eventId]?.stringValue ?? []);
}
