import { type Gate, gateOf } from '../breaker/gate.ts';
import { emptyTally, observeAttempts, type Tally } from '../breaker/observe-attempts.ts';
import { blamesItself } from '../breaker/whose-failure.ts';
import { largestBatch } from '../contract/aws-limits.ts';
import type { BreakerSettings } from '../contract/breaker-settings.ts';
import type { BreakerState, Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { type TrialMessage, trialKey, writeTrialMessage } from '../contract/parked-message.ts';
import type { BreakerStates, Clock, NewId, ParkedObjects } from '../contract/ports.ts';
import type { LogStep } from '../contract/step-log.ts';
import type { Meaning, Observation } from './pass.ts';

/** An event that a destination which is paused can be tried with. */
export interface FailedEvent {
  readonly eventId: string;
  readonly message: TrialMessage;
}

/** The breaker as one processor sees it. */
export interface RouteBreaker {
  /** What may be posted just now: one read of a small item a batch. Never rejects. */
  gate(): Promise<Gate>;
  /**
   * Takes note of what an attempt told.
   *
   * @returns what it speaks against. The event alone, where it failed before and others were delivered since, or where a
   *   401, 403 or 410 comes beside deliveries of this processor: a firewall may dislike this one body
   */
  observe(observation: Observation): Meaning;
  /**
   * Tells what was observed since the last time, in one conditional write, or none for a healthy route. Never rejects.
   * Called once a batch.
   *
   * @param failed the last event that failed, to try a paused destination with
   * @returns whether the route is now paused
   */
  report(failed: FailedEvent | undefined): Promise<'paused' | 'passing'>;
  /** Whether the scheduled function has a copy of this event, as far as the last report or gate told. */
  hasCopyOf(eventId: string): boolean;
}

export interface RouteBreakerPorts {
  readonly route: string;
  readonly settings: BreakerSettings;
  readonly maxConcurrency: number;
  readonly queueRetentionMs: number;
  readonly states: BreakerStates;
  readonly parked: Pick<ParkedObjects, 'put' | 'delete'>;
  readonly now: Clock;
  readonly newId: NewId;
  readonly log: LogStep;
}

/** Other processors change the same item; each time that one of them was faster, the report starts from theirs. */
const mostTries = 4;

/** So many 401, 403 or 410 in a row are no matter of one body that a firewall dislikes. */
const haltsOfRoute = 3;

/** Parking the copy must not hold up the end of a batch. */
const parkWithinMs = 2_000;

export function routeBreaker(ports: RouteBreakerPorts): RouteBreaker {
  const { route, settings, states, now, log } = ports;
  let known: BreakerState | undefined;
  let tally: Tally = emptyTally;
  let tallyBeganAtMs = 0;
  let lastDeliveredAtMs = Number.NEGATIVE_INFINITY;
  /** Answers that were meant for every event, with no delivery between them. */
  let haltsInARow = 0;

  function meaningOf(observation: Observation): Meaning {
    if (observation.kind === 'well' && observation.delivered) {
      lastDeliveredAtMs = now();
      haltsInARow = 0;
    }
    if (observation.kind !== 'ill') return 'destination';
    const { halt, lastFailedAtMs } = observation;
    if (blamesItself(lastFailedAtMs, Math.max(lastDeliveredAtMs, known?.lastDeliveredAtMs ?? 0))) return 'event';
    // One event, however often it is refused, does not speak for all; a row of its failures speaks as any other row does.
    if (halt === undefined || lastFailedAtMs !== undefined) return 'destination';
    haltsInARow += 1;
    // A route that is being reopened has just been answered well, if not to this processor.
    const isReopening = known?.phase.kind === 'half-open' || known?.phase.kind === 'ramping';
    const deliversOthers = isReopening || now() - lastDeliveredAtMs < settings.windowSeconds * 1_000;
    return deliversOthers && haltsInARow < haltsOfRoute ? 'event' : 'halt';
  }

  async function writeReport(from: BreakerState, told: Tally, failed: FailedEvent | undefined): Promise<BreakerState> {
    let state = from;
    let news = told;
    let trial: Trial | undefined;
    for (let tries = 0; tries < mostTries; tries++) {
      let next = observeAttempts(state, news, now(), settings);
      if (next === undefined) break;
      if (next.phase.kind === 'open' && state.phase.kind !== 'open' && failed !== undefined) {
        trial ??= await park(failed);
        if (trial !== undefined) next = { ...next, trials: [...otherTrials(next, trial), trial] };
      }
      const written = await states.replace(route, next);
      if (written === 'written') {
        logChange(state, next);
        state = next;
        break;
      }
      // The route was paused or reopened meanwhile: what was seen before says nothing of it now.
      if (periodOf(written) !== periodOf(state))
        news = { ...emptyTally, halt: told.halt, waitUntilMs: told.waitUntilMs };
      state = written;
    }
    // Somebody else has paused the route: theirs is the copy that it is tried with.
    if (trial !== undefined && !isTriedWith(state, trial)) await ports.parked.delete(trial.key);
    return state;
  }

  /** Without a copy the scheduled function takes one from the queue, which costs some message a receive. */
  async function park({ eventId, message }: FailedEvent): Promise<Trial | undefined> {
    const key = trialKey(route, ports.newId());
    try {
      await ports.parked.put(key, writeTrialMessage(message), parkWithinMs);
      return { key, eventId };
    } catch (error) {
      log({ step: 'fault', route, eventId, during: 'parking an event for a trial', error: describeError(error) });
      return undefined;
    }
  }

  function logChange(from: BreakerState, to: BreakerState): void {
    if (from.phase.kind === to.phase.kind) return;
    const { phase } = to;
    const opened = phase.kind === 'open' ? { reason: phase.reason } : {};
    const error = phase.kind === 'open' && phase.error !== undefined ? { error: phase.error } : {};
    log({ step: 'breaker', route, from: from.phase.kind, to: phase.kind, ...opened, ...error });
  }

  return {
    async gate() {
      try {
        const read = await states.read(route);
        // The rest of a batch that told its news early is told with the next one, while it still means something: what
        // was seen before a pause would speak against a destination that has recovered since.
        const isOld = now() - tallyBeganAtMs > settings.windowSeconds * 1_000;
        if (known === undefined || isOld || periodOf(read) !== periodOf(known)) tally = emptyTally;
        known = read;
        return gateOf(known, now(), ports);
      } catch (error) {
        log({ step: 'fault', route, during: 'reading the breaker', error: describeError(error) });
        // Where nothing is known: DynamoDB cannot be used, so that no event can be claimed, and nothing will be posted.
        return known === undefined ? { kind: 'pass', width: largestBatch, counts: true } : gateOf(known, now(), ports);
      }
    },

    observe(observation) {
      if (tally.attempts + tally.overruns === 0) tallyBeganAtMs = now();
      const meaning = meaningOf(observation);
      tally = addObservation(tally, observation, meaning, now());
      return meaning;
    },

    hasCopyOf: (copied) => known?.trials.some(({ eventId }) => eventId === copied) ?? false,

    async report(failed) {
      if (known === undefined) return 'passing';
      const told = tally;
      tally = emptyTally;
      try {
        known = await writeReport(known, told, failed);
        return known.phase.kind === 'open' ? 'paused' : 'passing';
      } catch (error) {
        // What was seen before the breaker could not be written says nothing once it can: it is not kept.
        log({ step: 'fault', route, during: 'reporting to the breaker', error: describeError(error) });
        return 'passing';
      }
    },
  };
}

/** An older copy of the same event has a receipt that no longer holds its original. */
function otherTrials({ trials }: BreakerState, { eventId }: Trial): readonly Trial[] {
  return trials.filter((trial) => trial.eventId !== eventId);
}

function isTriedWith({ trials }: BreakerState, trial: Trial): boolean {
  return trials.some(({ key }) => key === trial.key);
}

/** The same text for two states of one phase: what is counted in one says nothing in the next. */
function periodOf({ phase }: BreakerState): string {
  return phase.kind === 'closed' ? phase.kind : `${phase.kind} since ${phase.sinceMs}`;
}

function addObservation(tally: Tally, observation: Observation, meaning: Meaning, nowMs: number): Tally {
  if (observation.kind === 'overrun') {
    const { error, waitUntilMs = 0 } = observation;
    return {
      ...tally,
      error,
      overruns: tally.overruns + 1,
      waitUntilMs: Math.max(tally.waitUntilMs, waitUntilMs),
    };
  }
  const attempts = tally.attempts + 1;
  if (observation.kind === 'well') {
    return { ...tally, attempts, ...(observation.delivered ? { lastDeliveredAtMs: nowMs } : {}) };
  }
  const { error } = observation;
  const waitUntilMs = Math.max(tally.waitUntilMs, observation.waitUntilMs ?? 0);
  // What an event has brought upon itself counts neither for its destination nor against it. A wait is a wait all the same.
  if (meaning === 'event') return { ...tally, waitUntilMs };
  const halt = meaning === 'halt' ? observation.halt : tally.halt;
  return { ...tally, attempts, failures: tally.failures + 1, waitUntilMs, error, halt };
}
