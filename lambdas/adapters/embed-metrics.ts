import { Metrics } from '@aws-lambda-powertools/metrics';
import type { EmfOutput } from '@aws-lambda-powertools/metrics/types';
import { metricNamespace } from '../contract/metric-names.ts';
import type { StepMetric } from '../contract/step-metrics.ts';

/** What CloudWatch makes metrics of when a function logs it, by the "embedded metric format". */
export type EmbeddedMetrics = Partial<EmfOutput>;

/** Puts metrics of one route into a document to be logged. */
export type EmbedMetrics = (route: string, metrics: readonly StepMetric[]) => EmbeddedMetrics;

/** @param service the value of that dimension: the stack's name, since two stacks may have routes of the same name */
export function embedMetrics(service: string): EmbedMetrics {
  // Making one takes longer than using it.
  const serializers = new Map<string, Metrics>();
  const serializerOf = (route: string): Metrics => {
    const kept = serializers.get(route);
    if (kept !== undefined) return kept;
    const made = new Metrics({ namespace: metricNamespace, serviceName: service, defaultDimensions: { route } });
    serializers.set(route, made);
    return made;
  };

  return (route, metrics) => {
    const serializer = serializerOf(route);
    const plain = metrics.filter(({ by }) => by === undefined);
    const others = metrics.filter(({ by }) => by !== undefined);
    const documents = [plain, ...others.map((metric) => [metric])].filter((alike) => alike.length > 0);
    return joined(documents.map((alike) => serialize(serializer, alike)));
  };
}

/** Powertools would write the line itself, which then could hold no more than strings beside the metrics. */
function serialize(serializer: Metrics, metrics: readonly StepMetric[]): EmfOutput {
  try {
    for (const { name, unit, value, by } of metrics) {
      serializer.addMetric(name, unit, value);
      // One set without it and one with it: CloudWatch adds nothing up over dimensions.
      if (by !== undefined) serializer.addDimensions({}).addDimensions(by);
    }
    return serializer.serializeMetrics();
  } finally {
    serializer.clearMetrics();
    serializer.clearDimensions();
  }
}

/** One document may hold several sets of dimensions, each with its metrics; Powertools makes only one of each. */
function joined(documents: readonly EmfOutput[]): EmbeddedMetrics {
  const [first] = documents;
  if (first === undefined) return {};
  const CloudWatchMetrics = documents.flatMap(({ _aws }) => _aws.CloudWatchMetrics);
  return { ...Object.assign({}, ...documents), _aws: { ...first._aws, CloudWatchMetrics } };
}
