import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import type { LiveStep } from '../local/live-step.ts';
import type { AttemptOutcome, EventEvidence } from './explain-repeats.ts';
import { countBy } from './measure.ts';

/** What the relay tells of itself, and what is done to it, kept by event. */
export interface RelayWatch {
  readonly onStep: (step: LiveStep) => void;
  readonly onBatch: (event: SQSEvent) => void;
  /** A processor that has these events in its hands is killed so many milliseconds from now. */
  crashes(eventIds: readonly string[], afterMs: number): void;
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
});

type TimedStep = z.output<typeof timedStepSchema>;

const breakerStepSchema = z.object({ step: z.literal('breaker'), from: z.string(), to: z.string() });

/** A process is gone, and its connections with it, so long after it was to be killed. */
const dyingMs = 1_000;

const lastStepsKept = 6;

/** @param now epoch ms */
export function watchRelay(now: () => number): RelayWatch {
  const steps = new Map<string, TimedStep[]>();
  const crashes = new Map<string, { fromMs: number; untilMs: number }[]>();
  const stepNames: string[] = [];
  const counts = { breakerOpened: 0, batches: 0, crashes: 0, highestReceiveCount: 0 };
  const stepsOf = (eventId: string) => steps.get(eventId) ?? [];

  return {
    counts: () => ({ ...counts, steps: countBy(stepNames) }),

    onStep: (step) => {
      stepNames.push(step.step);
      const change = breakerStepSchema.safeParse(step);
      if (change.success && change.data.to === 'open' && change.data.from !== 'open') counts.breakerOpened++;
      const timed = timedStepSchema.safeParse(step);
      if (timed.success) steps.set(timed.data.eventId, [...stepsOf(timed.data.eventId), timed.data]);
    },

    onBatch: ({ Records }) => {
      counts.batches++;
      const receiveCounts = Records.map(({ attributes }) => Number(attributes.ApproximateReceiveCount));
      counts.highestReceiveCount = Math.max(counts.highestReceiveCount, ...receiveCounts);
    },

    crashes: (eventIds, afterMs) => {
      counts.crashes++;
      const crash = { fromMs: now(), untilMs: now() + afterMs + dyingMs };
      for (const eventId of eventIds) crashes.set(eventId, [...(crashes.get(eventId) ?? []), crash]);
    },

    evidenceOf: (eventId) => ({
      outcomes: stepsOf(eventId).flatMap(attemptOutcome),
      crashes: crashes.get(eventId) ?? [],
    }),

    lastSteps: (eventId) =>
      stepsOf(eventId)
        .slice(-lastStepsKept)
        .map(({ step, during, error }) => [step, during, error].filter((part) => part !== undefined).join(' ')),
  };
}

function attemptOutcome({ step, time, error, during }: TimedStep): readonly AttemptOutcome[] {
  if (step === 'delivered' || step === 'retrying') return [{ kind: step, atMs: time, error }];
  if (step === 'fault' && during === 'attempting the delivery') return [{ kind: 'not-recorded', atMs: time, error }];
  return [];
}
