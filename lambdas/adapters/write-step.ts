import { describeError } from '../contract/errors.ts';
import type { LogStep, Step } from '../contract/step-log.ts';
import { metricsOf, type StepMetric } from '../contract/step-metrics.ts';
import { type EmbeddedMetrics, type EmbedMetrics, embedMetrics } from './embed-metrics.ts';

const levels: Readonly<Record<Step['step'], 'INFO' | 'WARN' | 'ERROR'>> = {
  accepted: 'INFO',
  offloaded: 'INFO',
  delivered: 'INFO',
  duplicate: 'INFO',
  waiting: 'INFO',
  swept: 'INFO',
  renewed: 'INFO',
  trial: 'INFO',
  breaker: 'WARN',
  spilled: 'WARN',
  refused: 'WARN',
  retrying: 'WARN',
  'secret-unreadable': 'ERROR',
  'dead-letter': 'ERROR',
  'not-stored': 'ERROR',
  fault: 'ERROR',
};

/** Where the steps and metrics of one function go: standard output, which CloudWatch Logs takes as it is. */
export interface StepWriter {
  /**
   * Writes one JSON line, which CloudWatch can query by field. It holds the step, its metrics, and what helps to find
   * what else happened: `requestId` where something is wrong, and with `coldStart` on all lines of a cold start.
   */
  readonly write: LogStep;
  /** Writes metrics of a route that belong to no step. Never throws. */
  readonly publish: (route: string, ...metrics: readonly StepMetric[]) => void;
  /**
   * Begins an invocation. With `gathers`, metrics that have no dimension of their own are kept until it ends, and then
   * are one line for all: the metrics are the longer part of a line, and CloudWatch Logs charges by the byte.
   */
  readonly begin: (invocation: { readonly requestId: string; readonly gathers?: boolean }) => void;
  /** Writes what was gathered. */
  readonly end: () => void;
}

/** @param service the stack's name */
export function stepWriter(service: string): StepWriter {
  const embed = embedMetrics(service);
  let invocations = 0;
  let requestId: string | undefined;
  /** By route; undefined while metrics are written with their steps. */
  let gathered: Map<string, StepMetric[]> | undefined;

  const writer: StepWriter = {
    write: (step) => {
      const level = levels[step.step];
      const metrics = metricsOf(step);
      const atOnce = gathered === undefined ? metrics : metrics.filter(({ by }) => by !== undefined);
      if (gathered !== undefined) gather(gathered, step.route, metrics);
      const coldStart = invocations === 1 ? { coldStart: true } : {};
      const invocation = level === 'INFO' && invocations !== 1 ? {} : { requestId, ...coldStart };
      const metricFields = embedSafely(embed, step.route, atOnce);
      writeLine({ level, time: new Date().toISOString(), ...step, ...invocation, ...metricFields });
    },

    publish: (route, ...metrics) => {
      writeLine(embedSafely(embed, route, metrics));
    },

    begin: (invocation) => {
      invocations += 1;
      requestId = invocation.requestId;
      gathered = invocation.gathers === true ? new Map() : undefined;
    },

    end: () => {
      for (const [route, metrics] of gathered ?? []) writer.publish(route, ...metrics);
      gathered = undefined;
    },
  };
  return writer;
}

/** Adds up counts; of durations each counts for itself. */
function gather(gathered: Map<string, StepMetric[]>, route: string, metrics: readonly StepMetric[]): void {
  const kept = gathered.get(route) ?? [];
  for (const metric of metrics.filter(({ by }) => by === undefined)) {
    const same = kept.findIndex(({ name, unit }) => unit === 'Count' && name === metric.name);
    const before = kept[same];
    if (before === undefined) kept.push(metric);
    else kept[same] = { ...before, value: before.value + metric.value };
  }
  if (kept.length > 0) gathered.set(route, kept);
}

/** What a step tells must not be lost with its metrics, nor a webhook with what is told of it. */
function embedSafely(embed: EmbedMetrics, ...of: Parameters<EmbedMetrics>): EmbeddedMetrics | { metricsError: string } {
  try {
    return embed(...of);
  } catch (error) {
    return { metricsError: describeError(error) };
  }
}

function writeLine(fields: object): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}
