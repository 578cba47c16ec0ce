import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms/alarms.ts';
import { Breaker } from './breaker.ts';
import { Dashboard } from './dashboard/dashboard.ts';
import { DataKey } from './data-key.ts';
import { DeadLetterPeek } from './dead-letter-peek.ts';
import { DeliveryTable } from './delivery-table.ts';
import { IngestEndpoint } from './ingest-endpoint.ts';
import { PayloadBucket } from './payload-bucket.ts';
import type { RelayConfig } from './relay-config.ts';
import { relayVersion } from './relay-version.ts';
import { demandRetentionLadder } from './retention-ladder.ts';
import { Route } from './route.ts';
import { SpillSweeper } from './spill-sweeper.ts';

export interface RelayStackProps extends StackProps {
  readonly config: RelayConfig;
}

/** The relay: data path first, then the failure path, then what others may know of it. */
export class RelayStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: RelayStackProps) {
    super(scope, id, { description: 'Genesys Webhook Relay', ...props });
    const { dataOnDestroy, tracing } = config;

    const dataKey = config.encryption === 'kms' ? new DataKey(this, 'DataKey', { dataOnDestroy }) : undefined;
    const payloads = new PayloadBucket(this, 'Payloads', { dataOnDestroy, dataKey });
    const deliveries = new DeliveryTable(this, 'Deliveries', { dataOnDestroy, dataKey });
    const routes = Object.entries(config.routes).map(
      ([name, route]) =>
        new Route(this, name, { name, config: route, payloads, deliveries, dataOnDestroy, dataKey, tracing }),
    );
    const ingest = new IngestEndpoint(this, 'Ingest', { ...config, routes, payloads, dataKey });
    const sweeper = new SpillSweeper(this, 'Spill', { routes, payloads, dataKey });
    const breaker = new Breaker(this, 'Breaker', { routes, payloads, deliveries, dataKey });
    const peek = new DeadLetterPeek(this, 'Peek', { routes, dataKey });
    demandRetentionLadder(this, routes);

    const watchers = { ingest, breaker, sweeper, peek };
    const alarms = new Alarms(this, 'Alarms', { routes, ...watchers, dataKey, email: config.alarms.email });

    const described = Object.fromEntries(
      routes.map((route) => [
        route.name,
        {
          // Also of a route that takes no webhooks, and answers 404 there: whoever reads this counts on it.
          ingestUrl: ingest.urlOf(route),
          queueUrl: route.queue.queueUrl,
          deadLetterQueueUrl: route.deadLetterQueue.queueUrl,
          ...(route.verify === undefined ? {} : { verify: route.verify }),
          ...(route.secret === undefined ? {} : { secretArn: route.secret.secretArn }),
          ...(route.signingSecret === undefined ? {} : { signingSecretArn: route.signingSecret.secretArn }),
          ...(route.eventSourceName === undefined ? {} : { eventSourceName: route.eventSourceName }),
        },
      ]),
    );
    new CfnOutput(this, 'Routes', { value: this.toJsonString(described) });
    new CfnOutput(this, 'PayloadBucketName', { value: payloads.bucket.bucketName });
    new CfnOutput(this, 'DeliveryTableName', { value: deliveries.table.tableName });
    new CfnOutput(this, 'Version', { value: relayVersion });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topic.topicArn });
    if (!config.dashboard) return;
    const scheduled = [sweeper.function, breaker.function, peek.function];
    const { url } = new Dashboard(this, 'Overview', { routes, ingest, scheduled, deliveries, alarms: alarms.all });
    new CfnOutput(this, 'DashboardUrl', { value: url });
  }
}
