import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
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
  constructor(scope: Construct, id: string, props: PartnerBusRuleProps) {
    super(scope, id);
    const { config, queue, deadLetterQueue, dataKey } = props;
    const ruleName = Names.uniqueResourceName(this, { maxLength: longestRuleName });
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
}
