import { Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { IngestRoute, IngestVariables } from '../../lambdas/contract/env.ts';
import { AccessLogs } from './access-logs.ts';
import { demandEnvironmentRoom } from './environment-room.ts';
import { NodeFunction } from './node-function.ts';
import type { PayloadBucket } from './payload-bucket.ts';
import type { RelayConfig } from './relay-config.ts';
import type { Route } from './route.ts';
import { ingestTimeoutSeconds } from './timings.ts';

export interface IngestEndpointProps
  extends Pick<RelayConfig, 'inlineLimitBytes' | 'throttle' | 'ingestConcurrency' | 'tracing'> {
  readonly routes: readonly Route[];
  readonly dataKey: IKey | undefined;
  readonly payloads: PayloadBucket;
}

/** The public side: an HTTP API and the function that verifies and stores. */
export class IngestEndpoint extends Construct {
  readonly function: NodeFunction;
  readonly api: HttpApi;
  private readonly accessLogs: AccessLogs;

  constructor(scope: Construct, id: string, props: IngestEndpointProps) {
    super(scope, id);
    this.function = new NodeFunction(this, 'Function', {
      step: 'ingest',
      dataKey: props.dataKey,
      description: 'Verifies webhooks and stores them before it answers',
      timeoutSeconds: ingestTimeoutSeconds,
      reservedConcurrency: props.ingestConcurrency,
      tracing: props.tracing,
    });
    props.payloads.grantOffload(this.function);
    props.payloads.grantSpill(this.function);
    this.function.addEnvironment('INLINE_LIMIT_BYTES' satisfies keyof IngestVariables, String(props.inlineLimitBytes));
    const routes: Record<string, IngestRoute> = {};
    for (const route of props.routes) {
      if (route.verify !== undefined) routes[route.name] = route.grantAccept(this.function);
    }
    this.function.addEnvironment('ROUTES' satisfies keyof IngestVariables, Stack.of(this).toJsonString(routes));
    const wayOut = 'put some routes into a second stack (another stackName), or join ranges of allowCidrs';
    demandEnvironmentRoom(`${props.routes.length} routes`, { ROUTES: routes }, wayOut);

    this.api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: `${Stack.of(this).stackName}: where webhooks come in`,
      createDefaultStage: false,
    });
    this.accessLogs = new AccessLogs(this, 'AccessLogs', props);
    // In the place, and so with the logical id, of the stage that the API would make itself, without logs and throttle.
    new HttpStage(this.api, 'DefaultStage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: { rateLimit: props.throttle.ratePerSecond, burstLimit: props.throttle.burst },
      accessLogSettings: this.accessLogs,
    });
    const integration = new HttpLambdaIntegration('Ingest', this.function);
    this.api.addRoutes({ path: '/webhooks/{route}', methods: [HttpMethod.POST], integration });
    this.api.addRoutes({ path: '/health', methods: [HttpMethod.GET], integration });
  }

  /** Requests that were turned away before any function saw them. */
  metricRequestsThrottled(options: MetricOptions): Metric {
    return this.accessLogs.metricRequestsThrottled(options);
  }

  /** The URL to enter in Genesys. */
  urlOf(route: Route): string {
    return `${this.api.apiEndpoint}/webhooks/${route.name}`;
  }
}
