import { mostInFlight } from './aws-model.ts';
import { type Cost, costOf } from './prices.ts';
import type { Run, Second } from './simulate-outage.ts';
import { eachUsage } from './usage.ts';

/** What a run comes to. Rates are means over ten seconds: a single one holds a round of batches more or less. */
export interface OutageFigures {
  readonly postsDuringOutage: number;
  readonly highestPostRateDuringOutage: number;
  readonly postsInMinuteAfter: number;
  readonly mostWaiting: number;
  readonly mostInFlight: number;
  /** Since the outage began; undefined when SQS's limit was never met. */
  readonly inFlightFullAtS: number | undefined;
  readonly highestReceives: number;
  /** Receives that did not end in a delivery. */
  readonly receivesForNothing: number;
  readonly deadLetters: number;
  /** The next three since the recovery; undefined for never. */
  readonly firstDeliveryAfterS: number | undefined;
  readonly fullFlowAfterS: number | undefined;
  readonly drainedAfterS: number | undefined;
  readonly longestWaitS: number;
  readonly mostProcessors: number;
  readonly highestDynamoWriteRate: number;
  readonly highestBreakerReadRate: number;
  readonly highestBreakerWriteRate: number;
  /** From the outage's begin until the queue is worked off. */
  readonly cost: Cost;
  /** Of as many hours without an outage. */
  readonly quietCost: Cost;
}

const meanOverSeconds = 10;

/** Share of its capacity at which a route flows in full. */
const fullShare = 0.95;

/** @param capacity the most events a second that the route can deliver */
export function outageFigures(run: Run, capacity: number): OutageFigures {
  const { outageSeconds } = run.scenario;
  const course = run.course.filter(({ atS }) => atS >= 0);
  const outage = course.filter(({ atS }) => atS < outageSeconds);
  const recovery = course.filter(({ atS }) => atS >= outageSeconds);
  const afterS = (second: Second | undefined) => (second === undefined ? undefined : second.atS - outageSeconds);
  const sum = (seconds: readonly Second[], of: (second: Second) => number) =>
    seconds.reduce((total, second) => total + of(second), 0);
  const most = (of: (second: Second) => number) => course.reduce((highest, second) => Math.max(highest, of(second)), 0);
  // What is worked off before the route flows in full needs no more.
  const full = firstFull(recovery, capacity) ?? recovery.find(({ atS }) => atS === run.drainedAtS);

  return {
    postsDuringOutage: sum(outage, ({ posts }) => posts),
    highestPostRateDuringOutage: highestMean(outage, ({ posts }) => posts),
    postsInMinuteAfter: sum(recovery.slice(0, 60), ({ posts }) => posts),
    mostWaiting: most(({ visible, inFlight }) => visible + inFlight),
    mostInFlight: most(({ inFlight }) => inFlight),
    inFlightFullAtS: course.find(isFull)?.atS,
    highestReceives: run.receivedTimes.findLastIndex((messages) => messages >= 1),
    receivesForNothing:
      run.receivedTimes.reduce((total, messages) => total + messages, 0) -
      sum(run.course, ({ delivered }) => delivered),
    deadLetters: sum(course, ({ dead }) => dead),
    firstDeliveryAfterS: afterS(recovery.find(({ delivered, trialsAnswered }) => delivered + trialsAnswered > 0)),
    fullFlowAfterS: afterS(full),
    drainedAfterS: run.drainedAtS === undefined ? undefined : run.drainedAtS - outageSeconds,
    longestWaitS: most(({ oldestSettledS }) => oldestSettledS),
    mostProcessors: most(({ busyProcessors }) => busyProcessors),
    highestDynamoWriteRate: highestMean(course, ({ dynamoWrites }) => dynamoWrites),
    highestBreakerReadRate: highestMean(course, ({ breakerReads }) => breakerReads),
    highestBreakerWriteRate: highestMean(course, ({ breakerWrites }) => breakerWrites),
    cost: costOf(run.usage),
    quietCost: costOf(eachUsage((kind) => run.quietUsage[kind] * course.length)),
  };
}

function isFull({ inFlight }: Second): boolean {
  return inFlight > mostInFlight - 1;
}

function firstFull(recovery: readonly Second[], capacity: number): Second | undefined {
  return recovery.find((_second, index) => {
    const lately = recovery.slice(index, index + meanOverSeconds);
    const delivered = lately.reduce((total, second) => total + second.delivered, 0);
    return delivered >= fullShare * capacity * lately.length;
  });
}

function highestMean(seconds: readonly Second[], of: (second: Second) => number): number {
  let window = 0;
  let highest = 0;
  for (const [index, second] of seconds.entries()) {
    const leaving = seconds[index - meanOverSeconds];
    window += of(second) - (leaving === undefined ? 0 : of(leaving));
    highest = Math.max(highest, window / meanOverSeconds);
  }
  return highest;
}
