import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metricBreakerOpen } from './breaker.ts';
import type { Route } from './route.ts';

export interface AlarmsProps {
  readonly routes: readonly Route[];
  readonly dataKey: IKey | undefined;
  /** Gets every alarm by mail, once the address has confirmed the subscription. */
  readonly email?: string | undefined;
}

/** All alarms, and the topic they go to. An alarm's name is its construct path, whose last part is its heading in docs/runbook.md. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      enforceSSL: true,
      ...(props.dataKey === undefined ? {} : { masterKey: props.dataKey }),
    });
    this.allowAlarmsToPublish();
    if (props.email !== undefined) this.topic.addSubscription(new EmailSubscription(props.email));
    for (const route of props.routes) {
      this.alarm(route, deadLettersPresent(route));
      this.alarm(route, breakerOpen(route));
    }
  }

  /** A topic with a policy of its own, as `enforceSSL` gives it, has lost the one that lets the account's alarms in. */
  private allowAlarmsToPublish(): void {
    const { account, stackName } = Stack.of(this);
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${stackName}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisStack',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': alarms } },
      }),
    );
  }

  private alarm(route: Route, definition: AlarmDefinition): void {
    const alarm = new Alarm(route, definition.heading, {
      alarmName: `${route.node.path}/${definition.heading}`,
      alarmDescription: [
        definition.impact,
        `Runbook: docs/runbook.md, heading "${definition.heading}".`,
        `Queue: ${queueConsoleUrl(definition.queue)}`,
      ].join('\n'),
      metric: definition.metric,
      threshold: definition.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: definition.missingData,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}

interface AlarmDefinition {
  readonly heading: string;
  /** What it means for the customer, in one sentence. */
  readonly impact: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly missingData: TreatMissingData;
  readonly queue: Queue;
}

function deadLettersPresent(route: Route): AlarmDefinition {
  const period = Duration.minutes(1);
  const queue = route.deadLetterQueue;
  return {
    heading: 'DlqNotEmpty',
    impact: `Events of route ${route.name} could not be delivered and wait for somebody: they are gone after 14 days.`,
    // In-flight messages count, or an operator who looks into the queue would clear the alarm. The metric of messages
    // sent would not do: SQS does not count the ones that it moves to a dead letter queue itself.
    metric: new MathExpression({
      expression: 'visible + inFlight',
      label: 'dead letters',
      period,
      usingMetrics: {
        visible: queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
        inFlight: queue.metricApproximateNumberOfMessagesNotVisible({ period, statistic: 'Maximum' }),
      },
    }),
    threshold: 1,
    // SQS publishes nothing for a queue that was idle for six hours: an empty dead letter queue has no data.
    missingData: TreatMissingData.NOT_BREACHING,
    queue,
  };
}

function breakerOpen(route: Route): AlarmDefinition {
  return {
    heading: 'BreakerOpen',
    impact: `Events of route ${route.name} are accepted and kept, but not delivered: its destination is down or refuses them all, or somebody paused the route.`,
    metric: metricBreakerOpen(route),
    threshold: 1,
    // The scheduled function could not read the state: what was known last is the best there is.
    missingData: TreatMissingData.IGNORE,
    queue: route.queue,
  };
}

function queueConsoleUrl(queue: Queue): string {
  const { region, account } = Stack.of(queue);
  return (
    `https://${region}.console.aws.amazon.com/sqs/v3/home?region=${region}#/queues/` +
    `https%3A%2F%2Fsqs.${region}.amazonaws.com%2F${account}%2F${queue.queueName}`
  );
}
