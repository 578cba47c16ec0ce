import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
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

test('each route has an alarm on its dead letter queue, named by its construct path', () => {
  expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual([
    'TestRelay/open-messaging/DlqNotEmpty',
    'TestRelay/telemetry/DlqNotEmpty',
  ]);
});

test('an alarm tells the impact, the runbook heading and where to look', () => {
  for (const { AlarmDescription } of alarms) {
    const description = JSON.stringify(AlarmDescription);
    expect(description).toMatch(/Events of route (open-messaging|telemetry) could not be delivered/);
    expect(description).toContain('Runbook: docs/runbook.md, heading \\"DlqNotEmpty\\"');
    expect(description).toContain('console.aws.amazon.com/sqs/v3/home');
  }
});

test('it counts messages in flight too, from the first one on, and no data is no alarm', () => {
  template.allResourcesProperties('AWS::CloudWatch::Alarm', {
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

function metric(id: string, name: string) {
  return Match.objectLike({ Id: id, MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: name }) }) });
}
