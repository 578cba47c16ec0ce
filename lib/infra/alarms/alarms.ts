import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Alarm, AlarmRule, CompositeAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Breaker } from '../breaker.ts';
import type { DeadLetterPeek } from '../dead-letter-peek.ts';
import type { IngestEndpoint } from '../ingest-endpoint.ts';
import type { Route } from '../route.ts';
import type { SpillSweeper } from '../spill-sweeper.ts';
import { type AlarmDefinition, thresholdOf } from './alarm-definition.ts';
import { busEventsLost } from './bus-alarms.ts';
import { deadLettersExpiring, deadLettersPresent } from './dead-letter-alarms.ts';
import {
  breakerOpen,
  oldestEventTooOld,
  processorErrors,
  processorThrottled,
  secretsUnreadable,
} from './delivery-alarms.ts';
import { ingestErrors, ingestServerErrors, ingestThrottled, signaturesRefused } from './ingest-alarms.ts';
import { spillNotEmpty } from './spill-alarms.ts';
import { breakerNotRunning, peekNotRunning, sweeperNotRunning } from './watcher-alarms.ts';

export interface AlarmsProps {
  readonly routes: readonly Route[];
  readonly ingest: IngestEndpoint;
  readonly breaker: Breaker;
  readonly sweeper: SpillSweeper;
  readonly peek: DeadLetterPeek;
  readonly dataKey: IKey | undefined;
  /** Gets every mail, once the address has confirmed the subscription. */
  readonly email?: string | undefined;
}

/** An alarm over alarms. */
interface CompositeDefinition extends Pick<AlarmDefinition, 'about' | 'heading' | 'impact'> {
  readonly anyOf: readonly AlarmDefinition[];
}

/**
 * All alarms, and the topic they go to. An alarm's name is its construct path, whose last part is its heading in
 * docs/runbook.md.
 *
 * One incident is to be one mail, and no incident none because of an older one that nobody has put right yet. So alarms
 * that one cause raises together, and that end with it, are told by a composite alarm: of each route's deliveries, of the
 * way in, and of the scheduled functions. An alarm tells by itself
 * - that stays until somebody acts: `DlqNotEmpty`, `SpillNotEmpty`. In a composite it would keep all others silent;
 * - that says something new of what is known: `DeadLettersExpiring`, long after `DlqNotEmpty`;
 * - that something is lost at the way in, which must not wait for the end of a pause: `SignaturesRefused`,
 *   `BusEventsLost`.
 */
export class Alarms extends Construct {
  readonly topic: Topic;
  /** Every one of them, those that only a composite tells of included: what a dashboard shows. */
  readonly all: readonly IAlarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      enforceSSL: true,
      ...(props.dataKey === undefined ? {} : { masterKey: props.dataKey }),
    });
    this.allowAlarmsToPublish();
    if (props.email !== undefined) this.topic.addSubscription(new EmailSubscription(props.email));

    const { routes, ingest } = props;
    const sweeper = props.sweeper.function;
    this.all = [
      ...routes.flatMap((route) => [
        ...this.tellTogether(routeHurt(route)),
        this.tell(deadLettersPresent(route)),
        this.tell(deadLettersExpiring(route)),
        this.tell(signaturesRefused(route, ingest)),
        this.tell(spillNotEmpty(route, sweeper)),
        ...(route.partnerBus === undefined ? [] : [this.tell(busEventsLost(route, route.partnerBus))]),
      ]),
      ...this.tellTogether(ingestHurt(ingest)),
      ...this.tellTogether({
        about: this,
        heading: 'WatchersDown',
        impact:
          'The relay is not looked after: a function that should run all the time does not, or fails, and events flow only as long as nothing else goes wrong.',
        anyOf: [
          ...routes.flatMap((route) => [
            breakerNotRunning(route, props.breaker.function),
            sweeperNotRunning(route, sweeper),
          ]),
          peekNotRunning(props.peek),
        ],
      }),
    ];
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

  private tell(definition: AlarmDefinition): Alarm {
    const alarm = alarmOf(definition);
    alarm.addAlarmAction(new SnsAction(this.topic));
    return alarm;
  }

  /** The composite first, then what it is made of. */
  private tellTogether({ about, heading, impact, anyOf }: CompositeDefinition): readonly IAlarm[] {
    const alarms = anyOf.map(alarmOf);
    const composite = new CompositeAlarm(about, heading, {
      compositeAlarmName: pathOf(about, heading),
      alarmDescription: [impact, runbookLine(heading)].join('\n'),
      alarmRule: AlarmRule.anyOf(...alarms),
    });
    composite.addAlarmAction(new SnsAction(this.topic));
    return [composite, ...alarms];
  }
}

function routeHurt(route: Route): CompositeDefinition {
  return {
    about: route,
    heading: 'RouteHurt',
    impact: `Events of route ${route.name} arrive late or not at all, for a reason that one of its alarms names.`,
    anyOf: [
      breakerOpen(route),
      oldestEventTooOld(route),
      processorErrors(route),
      processorThrottled(route),
      secretsUnreadable(route),
    ],
  };
}

function ingestHurt(ingest: IngestEndpoint): CompositeDefinition {
  return {
    about: ingest,
    heading: 'IngestHurt',
    impact: 'Webhooks of all routes can be lost: the relay does not answer them as it should.',
    anyOf: [ingestServerErrors(ingest), ingestErrors(ingest), ingestThrottled(ingest)],
  };
}

function alarmOf(definition: AlarmDefinition): Alarm {
  const { about, heading, impact, metric, breaching, periods, missingData, lookAt } = definition;
  return new Alarm(about, heading, {
    alarmName: pathOf(about, heading),
    alarmDescription: [impact, runbookLine(heading), `Look at: ${lookAt}`].join('\n'),
    metric,
    ...thresholdOf(breaching),
    evaluationPeriods: periods?.of ?? 1,
    datapointsToAlarm: periods?.bad ?? 1,
    treatMissingData: missingData,
  });
}

function pathOf(about: Construct, heading: string): string {
  return `${about.node.path}/${heading}`;
}

function runbookLine(heading: string): string {
  return `Runbook: docs/runbook.md, heading "${heading}".`;
}
