import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import { queueRetentionSeconds, tickSeconds } from '../infra/timings.ts';
import { batchPace, capacityOf } from './batch-time.ts';
import { type BreakerModel, withBreaker, withoutBreaker } from './breaker-model.ts';
import { destinationModel } from './destination-model.ts';
import { type Counters, roundFinisher } from './finish-round.ts';
import { mappingModel } from './mapping-model.ts';
import { processorsModel } from './processors-model.ts';
import { routeQueue } from './route-queue.ts';
import type { Scenario } from './scenario.ts';
import { tollsOn } from './tolls.ts';
import { carriageOf, eachUsage, noUsage, type Usage } from './usage.ts';

export type Mode = 'with-breaker' | 'without-breaker';

/** The route in one second: rates are of that second, the rest is how it stands at its end. */
export interface Second extends Readonly<Counters> {
  /** Seconds since the outage began: negative before it. */
  readonly atS: number;
  readonly visible: number;
  readonly inFlight: number;
  /** POSTs that the scheduled function had made; among `posts`. */
  readonly trials: number;
  /** Those that were answered well. Not among `delivered`: the original of each still waits. */
  readonly trialsAnswered: number;
  readonly busyProcessors: number;
  readonly phase: BreakerModel['phase'];
  readonly dynamoWrites: number;
  readonly breakerReads: number;
  readonly breakerWrites: number;
}

export interface Run {
  readonly scenario: Scenario;
  readonly course: readonly Second[];
  /** Seconds since the outage began; undefined when the queue was never worked off. */
  readonly drainedAtS: number | undefined;
  /** Since the outage began. */
  readonly usage: Usage;
  /** Of one second before it. */
  readonly quietUsage: Usage;
  /** Index: number of receives. */
  readonly receivedTimes: readonly number[];
  /** When the oldest event came that is still waiting at the end, in somebody's hands or not; undefined for none. */
}

/** Before the outage, for what is usual. */
export const quietSeconds = 120;

/** After an outage whose backlog can never be worked off, there is no more to be seen. */
const hopelessSeconds = 3_600;

/**
 * One route through one outage, second by second, in counts of messages instead of single ones.
 *
 * The breaker is the relay's own code; SQS, Lambda and the destination are models. The scheduled function has looked a
 * moment before the outage ends, so that its next look is as late as it can be.
 */
export async function simulateOutage(scenario: Scenario, mode: Mode): Promise<Run> {
  const { eventsPerSecond, outageSeconds, maxConcurrency, latencyMs } = scenario;
  const queue = routeQueue();
  const mapping = mappingModel(maxConcurrency);
  const destination = destinationModel(scenario);
  const usage = noUsage();
  const tolls = tollsOn(usage, carriageOf(scenario.eventBytes));
  let breakerWrites = 0;
  const counted = {
    ...tolls,
    breakerWrite() {
      breakerWrites += 1;
      tolls.breakerWrite();
    },
  };
  let trials = 0;
  let trialsAnswered = 0;
  const tryDestination = (nowS: number) => {
    trials += 1;
    tolls.trial();
    if (!destination.answersOne(nowS)) return { outcome: 'failed', error: 'HTTP 503', blames: 'destination' } as const;
    trialsAnswered += 1;
    return { outcome: 'answered', delivered: true } as const;
  };
  const breaker =
    mode === 'with-breaker'
      ? withBreaker({ maxConcurrency, queue, mapping, tryDestination })
      : withoutBreaker(maxConcurrency);
  const counters: Counters = { posts: 0, delivered: 0, dead: 0, oldestSettledS: 0 };
  const finish = roundFinisher({ queue, breaker, destination, tolls: counted }, counters);
  const processors = processorsModel(queue, breaker, destination, finish);

  const course: Second[] = [];
  let beforeOutage = noUsage();
  let drainedAtS: number | undefined;
  const underWayAnyhow = eventsPerSecond * (1 + batchPace(largestBatch, latencyMs).seconds);
  const isHopeless = capacityOf(maxConcurrency, latencyMs) <= eventsPerSecond;
  const endS = isHopeless ? outageSeconds + hopelessSeconds : queueRetentionSeconds;

  for (let nowS = -quietSeconds; nowS < endS && drainedAtS === undefined; nowS++) {
    if (nowS === 0) beforeOutage = { ...usage };
    const before = { ...usage };
    breakerWrites = 0;
    trials = 0;
    trialsAnswered = 0;
    Object.assign(counters, { posts: 0, delivered: 0, dead: 0, oldestSettledS: 0 } satisfies Counters);
    queue.advance(nowS);
    queue.arrive(eventsPerSecond, nowS);
    tolls.arrivals(eventsPerSecond);
    mapping.advance(nowS);
    if (isTick(nowS, outageSeconds)) await breaker.tick(nowS);
    processors.advance(nowS, mapping.concurrency);
    course.push({
      ...counters,
      atS: nowS,
      posts: counters.posts + trials,
      visible: queue.visible,
      inFlight: queue.inFlight,
      trials,
      trialsAnswered,
      busyProcessors: processors.busiest,
      phase: breaker.phase,
      dynamoWrites: usage.dynamoWriteUnits - before.dynamoWriteUnits,
      breakerReads: usage.dynamoReadUnits - before.dynamoReadUnits,
      breakerWrites,
    });
    const waiting = queue.visible + queue.inFlight;
    if (nowS >= outageSeconds && breaker.phase === 'closed' && waiting <= underWayAnyhow) drainedAtS = nowS;
  }

  return {
    scenario,
    course,
    drainedAtS,
    usage: eachUsage((kind) => usage[kind] - beforeOutage[kind]),
    quietUsage: eachUsage((kind) => beforeOutage[kind] / quietSeconds),
    receivedTimes: queue.receivedTimes,
  };
}

function isTick(nowS: number, outageSeconds: number): boolean {
  const sinceEndS = nowS - outageSeconds;
  return ((sinceEndS % tickSeconds) + tickSeconds) % tickSeconds === tickSeconds - 1;
}
