import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventBridgeConfig } from './event-bridge-config.ts';

export interface PartnerBusRuleProps {
  /** Its route, for the description. */
  readonly route: string;
  readonly config: EventBridgeConfig;
  readonly queue: Queue;
  /** Gets what EventBridge cannot put on the queue. */
  readonly deadLetterQueue: Queue;
  readonly dataKey: IKey | undefined;
}

/** The longest name of a rule. */
const longestRuleName = 64;

/**
 * Sends events of a Genesys organisation straight to a route's queue. The bus is not the stack's: somebody associates
 * the partner's event source with it, and until then a deployment fails, because EventBridge knows no such bus.
 */
export class PartnerBusRule extends Construct {
  private readonly dimensionsOfRule: Readonly<Record<string, string>>;
  private readonly dimensionsOfSource: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: PartnerBusRuleProps) {
    super(scope, id);
    const { config, queue, deadLetterQueue, dataKey } = props;
    const ruleName = Names.uniqueResourceName(this, { maxLength: longestRuleName });
    // A rule on the default bus is named by itself, one on any other bus together with its bus.
    this.dimensionsOfRule = { EventBusName: config.sourceName, RuleName: ruleName };
    this.dimensionsOfSource = { EventSourceName: config.sourceName };
    const ruleArn = Stack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: `${config.sourceName}/${ruleName}`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    for (const [name, destination] of Object.entries({ Event: queue, LostEvent: deadLetterQueue })) {
      destination.addToResourcePolicy(
        new PolicyStatement({
          sid: `${name}sOfTheBus`,
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [destination.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
        }),
      );
    }
    // By account and not by rule: which rule it is, the queue's policy asks.
    dataKey?.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EventsOfTheBus',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );

    const rule = new Rule(this, 'Rule', {
      ruleName,
      description: `Events of Genesys Cloud for route ${props.route}`,
      eventBus: EventBus.fromEventBusName(this, 'Bus', config.sourceName),
      eventPattern: {
        source: [config.sourceName],
        ...(config.topics === undefined ? {} : { detailType: config.topics }),
      },
      // EventBridge tries for 24 h, but not where it may not send: that goes to the dead letters at once.
      targets: [{ bind: () => ({ arn: queue.queueArn, deadLetterConfig: { arn: deadLetterQueue.queueArn } }) }],
    });
    // Events may be on their way already: without the policies, the first ones would be lost. It is why the rule has a
    // name of its own, which the policies can tell before there is a rule.
    rule.node.addDependency(queue, deadLetterQueue);
  }

  /** Everything that the organisation sends by its event source, whichever rule it is for. */
  metricEventsOfSource(options: MetricOptions): Metric {
    return eventsMetric('Events', this.dimensionsOfSource, options);
  }

  /** Events that the rule let through. */
  metricMatched(options: MetricOptions): Metric {
    return eventsMetric('TriggeredRules', this.dimensionsOfRule, options);
  }

  /** Events that could not be put on the queue, and are dead letters. Only published when there are some. */
  metricSentToDeadLetters(options: MetricOptions): Metric {
    return eventsMetric('InvocationsSentToDlq', this.dimensionsOfRule, options);
  }

  /** Events that could not be made dead letters either, and are lost. Only published when there are some. */
  metricLost(options: MetricOptions): Metric {
    return eventsMetric('InvocationsFailedToBeSentToDlq', this.dimensionsOfRule, options);
  }
}

function eventsMetric(metricName: string, dimensionsMap: Readonly<Record<string, string>>, options: MetricOptions) {
  return new Metric({ namespace: 'AWS/Events', metricName, dimensionsMap, ...options });
}
