import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricStore } from './emulate-cloudwatch.ts';
import type { QueuesAndBuckets } from './emulate-sqs-and-s3.ts';

/** SQS publishes once a minute; a local run is over sooner than that would show anything. */
const everyMs = 5_000;

/** Publishes how full the queues are, as SQS does of itself. */
export function publishQueueDepths(
  queues: Pick<QueuesAndBuckets, 'depths'>,
  metrics: Pick<MetricStore, 'add'>,
): { stop(): Promise<void> } {
  const stopping = new AbortController();

  async function publish(): Promise<void> {
    while (!stopping.signal.aborted) {
      const nowMs = Date.now();
      for (const { queueName, visible, inFlight, oldestSentAtMs } of queues.depths()) {
        const add = (name: string, value: number) =>
          metrics.add({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queueName }, values: [value] });
        add('ApproximateNumberOfMessagesVisible', visible);
        add('ApproximateNumberOfMessagesNotVisible', inFlight);
        add('ApproximateAgeOfOldestMessage', Math.max(0, nowMs - (oldestSentAtMs ?? nowMs)) / 1_000);
      }
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const publishing = publish();
  return {
    stop: async () => {
      stopping.abort();
      await publishing;
    },
  };
}
