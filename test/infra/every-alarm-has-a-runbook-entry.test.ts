import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { synthesize, twoRoutes } from '../support/synthesized-stack.ts';

const template = synthesize({ ...twoRoutes, alarms: { email: 'ops@example.com' } });

const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  (alarm) =>
    z.object({ Properties: z.object({ AlarmName: z.string(), AlarmDescription: z.unknown() }) }).parse(alarm)
      .Properties,
);

const alarmHeadings = [...new Set(alarms.map(({ AlarmName }) => AlarmName.split('/').at(-1) ?? ''))].sort();

test('the alarms and the headings of the runbook are the same', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');
  const headings = Array.from(runbook.matchAll(/^## (.+)$/gm), ([, heading]) => heading).sort();
  expect(headings).toEqual(alarmHeadings);
});

test('each route has an alarm of each kind, named by its construct path', () => {
  expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual([
    'TestRelay/open-messaging/BreakerOpen',
    'TestRelay/open-messaging/DlqNotEmpty',
    'TestRelay/telemetry/BreakerOpen',
    'TestRelay/telemetry/DlqNotEmpty',
  ]);
});

describe.each(['open-messaging', 'telemetry'])('of route %s', (route) => {
  const logicalId = route.replace('-', '');

  test.each([
    ['DlqNotEmpty', `Events of route ${route} could not be delivered`, 'DeadLetterQueue'],
    ['BreakerOpen', `Events of route ${route} are accepted and kept, but not delivered`, 'Queue'],
  ])('%s tells the impact, its runbook heading and the queue to look at', (heading, impact, queue) => {
    const description = descriptionOf(`TestRelay/${route}/${heading}`);
    expect(description).toContain(impact);
    expect(description).toContain(`Runbook: docs/runbook.md, heading "${heading}"`);
    expect(description).toContain('console.aws.amazon.com/sqs/v3/home');
    expect(description).toMatch(new RegExp(`"${logicalId}${queue}[0-9A-F]{8}"`));
  });

  test('DlqNotEmpty counts messages in flight too, from the first one on, and no data is no alarm', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `TestRelay/${route}/DlqNotEmpty`,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'visible + inFlight' }),
        metric('visible', 'ApproximateNumberOfMessagesVisible'),
        metric('inFlight', 'ApproximateNumberOfMessagesNotVisible'),
      ]),
    });
  });

  test('BreakerOpen goes by what the breaker publishes of this route, and no data leaves it as it is', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `TestRelay/${route}/BreakerOpen`,
      Namespace: 'GenesysWebhookRelay',
      MetricName: 'BreakerOpen',
      Dimensions: [
        { Name: 'route', Value: route },
        { Name: 'service', Value: 'TestRelay' },
      ],
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });
});

test('alarms go to the topic, and from there to the address of the config', () => {
  template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()] });
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
});

test('the topic lets the alarms of this stack, and nobody else, publish', () => {
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', Match.arrayWith([':alarm:TestRelay/*'])] } },
          },
        }),
      ]),
    },
  });
});

test('without an address there is a topic to subscribe to, and no subscription', () => {
  const quiet = synthesize();
  quiet.resourceCountIs('AWS::SNS::Topic', 1);
  quiet.resourceCountIs('AWS::SNS::Subscription', 0);
});

/** With the quotes of its own unescaped; what CloudFormation fills in is JSON in between. */
function descriptionOf(name: string): string {
  const found = alarms.find(({ AlarmName }) => AlarmName === name);
  return JSON.stringify(found?.AlarmDescription ?? '').replaceAll('\\"', '"');
}

function metric(id: string, name: string) {
  return Match.objectLike({ Id: id, MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: name }) }) });
}
