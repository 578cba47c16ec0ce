import { Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricNamespace } from '../../lambdas/contract/metric-names.ts';
import { RelayLogGroup } from './relay-log-group.ts';

/**
 * What is known of each request, whether or not it reached the ingest function. Neither body nor header nor query: only
 * what API Gateway itself says, so that nothing that the sender wrote gets into the log.
 */
const fields = {
  requestId: '$context.requestId',
  /** The same request in the log of the ingest function. */
  functionRequestId: '$context.integration.requestId',
  requestTime: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  protocol: '$context.protocol',
  status: '$context.status',
  responseLengthBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  functionLatencyMs: '$context.integrationLatency',
  error: '$context.error.responseType',
};

/** Any name that begins otherwise is added to a policy of the account, for all its APIs, that holds 5,120 characters. */
export function accessLogGroupName(stack: Stack): string {
  return `/aws/vendedlogs/${stack.stackName}/access`;
}

/** One line of JSON for every request, and a metric of those that are known from nowhere else. */
export class AccessLogs extends Construct implements IAccessLogSettings {
  readonly destination: LogGroupLogDestination;
  readonly format = AccessLogFormat.custom(JSON.stringify(fields));
  private readonly throttled: { readonly namespace: string; readonly metricName: string };

  constructor(scope: Construct, id: string, props: { readonly dataKey: IKey | undefined }) {
    super(scope, id);
    const name = accessLogGroupName(Stack.of(this));
    const logGroup = new RelayLogGroup(this, 'Group', { ...props, name });
    this.destination = new LogGroupLogDestination(logGroup);
    // A filter's dimensions come out of the line, in which nothing names the stack: its namespace does.
    this.throttled = { namespace: `${metricNamespace}/${Stack.of(this).stackName}`, metricName: 'RequestsThrottled' };
    new MetricFilter(this, 'Throttled', {
      logGroup,
      filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
      metricNamespace: this.throttled.namespace,
      metricName: this.throttled.metricName,
      metricValue: '1',
    });
  }

  /** Requests that API Gateway answered with 429: it publishes no metric of them, and no function sees them. */
  metricRequestsThrottled(options: MetricOptions): Metric {
    return new Metric({ ...this.throttled, ...options });
  }
}
