import { CfnQueue, type Queue } from 'aws-cdk-lib/aws-sqs';
import { type Construct, Node } from 'constructs';
import type { Route } from './route.ts';
import { deadLetterWarningSeconds, pausedEventTooOldSeconds, payloadLifeSeconds, trialLifeSeconds } from './timings.ts';

/** How long everything is kept that an event leaves behind, in seconds; each is a rung that the next relies on. */
export interface RetentionLadder {
  readonly queue: number;
  readonly deadLetters: number;
  readonly payloads: number;
  readonly trials: number;
  /** When the alarms are raised: of a paused route's oldest event, and before a dead letter is deleted. */
  readonly pausedEventTooOld: number;
  readonly deadLetterWarning: number;
}

/** What does not line up, in sentences that name both values; empty for a sound ladder. */
export function ladderProblems(ladder: RetentionLadder): string[] {
  const { queue, deadLetters, payloads, trials, pausedEventTooOld, deadLetterWarning } = ladder;
  const problems: string[] = [];
  const demand = (isSo: boolean, problem: string) => {
    if (!isSo) problems.push(problem);
  };
  demand(
    queue < deadLetters,
    `the queue keeps messages for ${queue} s and the dead letter queue for ${deadLetters} s: it must be longer, because a message that SQS moves keeps its age`,
  );
  demand(
    pausedEventTooOld < queue,
    `the age of the oldest event is an alarm from ${pausedEventTooOld} s on: it must be less than the ${queue} s after which SQS deletes the event`,
  );
  demand(
    deadLetterWarning < deadLetters - queue,
    `the alarm for expiring dead letters is raised ${deadLetterWarning} s before: it must be less than ${deadLetters - queue} s, which is what a dead letter can have left when it arrives`,
  );
  demand(
    trials >= queue,
    `the copies of trials are kept for ${trials} s: they must outlive the ${queue} s that their messages can wait`,
  );
  // A message that only waits is put on its queue anew, once; then it is a dead letter, and after a redrive the same again.
  const longestLife = 2 * queue + deadLetters + 2 * queue;
  demand(
    payloads > longestLife,
    `offloaded bodies are kept for ${payloads} s: it must be over ${longestLife} s, on the queue, as a dead letter, and on the queue after a redrive`,
  );
  return problems;
}

/** Fails the synthesis where a route's queues, as they come out, keep messages for another time than the rest relies on. */
export function demandRetentionLadder(scope: Construct, routes: readonly Route[]): void {
  Node.of(scope).addValidation({
    validate: () =>
      routes.flatMap((route) =>
        ladderProblems({
          queue: retentionOf(route.queue),
          deadLetters: retentionOf(route.deadLetterQueue),
          payloads: payloadLifeSeconds,
          trials: trialLifeSeconds,
          pausedEventTooOld: pausedEventTooOldSeconds,
          deadLetterWarning: deadLetterWarningSeconds,
        }).map((problem) => `route ${route.name}: ${problem}`),
      ),
  });
}

/** SQS's default: four days. */
const defaultRetentionSeconds = 345_600;

function retentionOf(queue: Queue): number {
  const resource = queue.node.defaultChild;
  const seconds = resource instanceof CfnQueue ? resource.messageRetentionPeriod : undefined;
  return seconds ?? defaultRetentionSeconds;
}
