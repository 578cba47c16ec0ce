import { describeError, ServiceUnavailableError } from '../contract/errors.ts';
import type { LogStep } from '../contract/step-log.ts';
import { findOldest, type PeekPorts } from './find-oldest.ts';

export interface LookPorts extends PeekPorts {
  /** URLs of the dead letter queues, by route. */
  readonly queues: Readonly<Record<string, string>>;
  readonly retentionMs: number;
  readonly log: LogStep;
}

const hourMs = 3_600_000;

/**
 * Tells of every route that has dead letters how many hours are left until SQS deletes the first one. One route
 * after another, because bodies come with the messages and can be 1 MiB each.
 *
 * @throws ServiceUnavailableError naming the routes that could not be looked at, after all the others were: the run has
 *   failed, or nobody would notice
 */
export async function lookAtDeadLetters(ports: LookPorts): Promise<void> {
  const failed: string[] = [];
  for (const [route, queueUrl] of Object.entries(ports.queues)) {
    try {
      const oldest = await findOldest(queueUrl, ports);
      if (oldest.kind === 'none') continue;
      const { seen, complete } = oldest;
      const leftMs = oldest.sentAtMs + ports.retentionMs - ports.now();
      ports.log({ step: 'peeked', route, hoursLeft: Math.max(0, leftMs / hourMs), seen, complete });
    } catch (error) {
      failed.push(route);
      ports.log({ step: 'fault', route, during: 'looking at the dead letters', error: describeError(error) });
    }
  }
  if (failed.length > 0)
    throw new ServiceUnavailableError(`could not look at the dead letters of ${failed.join(', ')}`);
}
