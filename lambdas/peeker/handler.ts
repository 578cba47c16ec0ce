import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import { sqsPeek } from '../adapters/sqs-peek.ts';
import { writeStep } from '../adapters/write-step.ts';
import { parsePeekerEnv } from '../contract/env.ts';
import { metricNames, metricNamespace } from '../contract/metric-names.ts';
import { type HoursLeft, type LookPorts, lookAtDeadLetters } from './look-at-dead-letters.ts';

const env = parsePeekerEnv(process.env);

const ports: LookPorts = {
  queues: env.DEAD_LETTER_QUEUES,
  retentionMs: env.DEAD_LETTER_RETENTION_SECONDS * 1_000,
  ...sqsPeek(),
  now: Date.now,
  publish,
  log: writeStep,
};

export const handler = middy((_event: ScheduledEvent): Promise<void> => lookAtDeadLetters(ports));

/** What the alarm `DeadLettersExpiring` watches, and beside it, for whoever reads the log, how sure it is. */
function publish({ route, hours, seen, complete }: HoursLeft): void {
  const metrics = new Metrics({
    namespace: metricNamespace,
    serviceName: env.STACK_NAME,
    defaultDimensions: { route },
  });
  metrics.addMetadata('seen', String(seen)).addMetadata('complete', String(complete));
  metrics.addMetric(metricNames.deadLetterHoursLeft, MetricUnit.NoUnit, hours);
  metrics.publishStoredMetrics();
}
