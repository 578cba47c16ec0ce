import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import type { LiveStep } from '../local/live-step.ts';
import { createTeardown, type Teardown } from '../local/teardown.ts';
import { accountForRun } from './account-for-run.ts';
import { compressTime } from './compress-time.ts';
import { killProcessors } from './kill-processors.ts';
import { planEvents } from './plan-events.ts';
import { type OutagePhase, planOutages, shortestSpanMs } from './plan-outages.ts';
import type { ChaosReport, RunIdentity } from './report.ts';
import { startRunClock } from './run-clock.ts';
import { sendEvents } from './send-events.ts';
import { maxConcurrency, startVictim, type Victim } from './start-victim.ts';
import { type Suffer, sufferOutages } from './suffer-outages.ts';
import { type SeenPost, startUnreliableDestination, type UnreliableDestination } from './unreliable-destination.ts';
import { waitUntilDry } from './wait-until-dry.ts';
import { type ChaosProgress, watchProgress } from './watch-progress.ts';
import { watchRelay } from './watch-relay.ts';

export interface ChaosOptions extends RunIdentity {
  /** How long after the last event was sent the queue may take to run dry. */
  readonly patienceMs: number;
  /** Told twice a second. */
  readonly onProgress: (progress: ChaosProgress) => void;
  readonly onStep: (step: LiveStep) => void;
  /** What the functions say beside their steps. */
  readonly onOutput: (line: string) => void;
  /** Ends it before it is through: it then rejects. */
  readonly signal: AbortSignal;
}

/** What one machine can take beside the emulators; less than AWS could. */
const mostEventsPerSecond = 20;

/**
 * Runs the whole relay on this machine, sends events to it as Genesys does, and lets everything fail that can: answers
 * of the destination, processes, SQS, DynamoDB, and the destination altogether. All of it goes by the seed, but for
 * what processes do at the same time.
 *
 * @throws Error when the relay cannot be started, or is broken off
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const teardown = createTeardown();
  try {
    return await run(options, teardown);
  } finally {
    await teardown.run();
  }
}

async function run(options: ChaosOptions, teardown: Teardown): Promise<ChaosReport> {
  const { seed, events, speed, signal } = options;
  const time = compressTime(speed);
  const spanMs = Math.max(shortestSpanMs(time), (events / mostEventsPerSecond) * 1_000);
  const outages = planOutages(seed, spanMs, time);
  const planned = planEvents({ seed, events, spanMs, copyWithinMs: time.copyWithinMs });

  const watch = watchRelay(Date.now);
  const destination = await startUnreliableDestination({ seed, timeoutMs: time.deliveryTimeoutSeconds * 1_000 });
  teardown.defer(destination.close);
  const victim = await startVictim({
    time,
    deliverTo: destination.url,
    onStep: (step) => {
      watch.onStep(step);
      options.onStep(step);
    },
    onBatch: watch.onBatch,
    onOutput: options.onOutput,
    faults: { killProcessor: killProcessors(seed, { onHold: destination.hold, onKill: watch.onKill }) },
    signal,
  });
  teardown.defer(victim.stop);

  const clock = startRunClock(signal);
  const countTaken = () => destination.posts.filter(({ taken }) => taken).length;
  const progress = watchProgress(countTaken, options.onProgress);
  teardown.defer(async () => progress.stop());
  const sender = { url: victim.ingestUrl, headersFor: victim.headersFor, ...time.sender, signal };
  const [sendings] = await Promise.all([
    sendEvents(planned, sender, clock, progress.onSent),
    sufferOutages(outages, sufferer(victim, destination, progress.onTrouble), clock),
  ]);
  const { backlog } = victim;
  const left = await waitUntilDry({ backlog, patienceMs: options.patienceMs, onLook: progress.onBacklog, signal });

  const account = accountForRun({
    sendings,
    posts: destination.posts,
    deadLetters: await victim.deadLetters(),
    bodies: new Map(planned.map(({ eventId, body }) => [eventId, body])),
    evidenceOf: watch.evidenceOf,
    leaseMs: time.leaseSeconds * 1_000,
  });
  const records = await victim.statusOf(account.missing);
  return {
    seed,
    events,
    speed,
    account,
    outages,
    counts: watch.counts(),
    destination: {
      highestConcurrency: destination.highestConcurrency(),
      allowedConcurrency: maxConcurrency * largestBatch,
    },
    healedAfterMs: healedAfterMs(outages, destination.posts, clock.startedAtMs),
    tickMs: time.tickMs,
    tookMs: Date.now() - clock.startedAtMs,
    backlog: left,
    missing: account.missing.map((eventId) => ({
      eventId,
      record: records.get(eventId) ?? 'no record',
      lastSteps: watch.lastSteps(eventId),
    })),
  };
}

function sufferer(
  { outages }: Victim,
  destination: UnreliableDestination,
  onTrouble: (down: string | undefined) => void,
): Suffer {
  return async (victim, trouble) => {
    onTrouble(trouble === 'none' ? undefined : `${victim} (${trouble})`);
    if (victim === 'destination') await destination.suffer(trouble);
    // What AWS answers when it is down is a refusal.
    else outages.set(victim, trouble === 'unavailable' ? 'refuse' : trouble);
  };
}

function healedAfterMs(
  outages: readonly OutagePhase[],
  posts: readonly SeenPost[],
  startedAtMs: number,
): number | undefined {
  const healedAtMs = startedAtMs + (outages.findLast(({ victim }) => victim === 'destination')?.untilMs ?? 0);
  const first = posts.find(({ taken, atMs }) => taken && atMs >= healedAtMs);
  return first === undefined ? undefined : first.atMs - healedAtMs;
}
