import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize, twoRoutesAndABus } from '../support/synthesized-stack.ts';
import { alarmsOf, compositesOf } from '../support/template-alarms.ts';

const template = synthesize({ ...twoRoutesAndABus, alarms: { email: 'ops@example.com' } });
const alarms = alarmsOf(template);
const composites = compositesOf(template);
const all = [...alarms, ...composites];

const runbook = readFileSync('docs/runbook.md', 'utf8');

const routes = ['open-messaging', 'telemetry'];
const ofEachRoute = [
  'BreakerNotRunning',
  'BreakerOpen',
  'DeadLettersExpiring',
  'DlqNotEmpty',
  'OldestEventTooOld',
  'ProcessorErrors',
  'ProcessorThrottled',
  'RouteHurt',
  'SecretsUnreadable',
  'SignaturesRefused',
  'SpillNotEmpty',
  'SweeperNotRunning',
];
const ofARouteWithABus = ['BusEventsLost'];
const ofTheRelay = [
  'Alarms/WatchersDown',
  'Ingest/IngestErrors',
  'Ingest/IngestHurt',
  'Ingest/IngestServerErrors',
  'Ingest/IngestThrottled',
  'Peek/PeekNotRunning',
];

test('the alarms and the headings of the runbook are the same', () => {
  const headings = Array.from(runbook.matchAll(/^## (.+)$/gm), ([, heading]) => heading).sort();
  expect(headings).toEqual([...new Set(all.map(({ heading }) => heading))].sort());
});

test('each route has an alarm of each kind, named by its construct path, and so have the parts of the relay', () => {
  const names = [
    ...routes.flatMap((route) => ofEachRoute.map((heading) => `${route}/${heading}`)),
    ...ofARouteWithABus.map((heading) => `telemetry/${heading}`),
    ...ofTheRelay,
  ];
  expect(all.map(({ name }) => name).sort()).toEqual(names.map((name) => `TestRelay/${name}`).sort());
});

describe.each([...new Set(all.map(({ heading }) => heading))])('%s in the runbook', (heading) => {
  const [entry = ''] = runbook.split(`\n## ${heading}\n`)[1]?.split(/^## /m) ?? [];

  test('says what it is, what it does, how to find out why, and how to put it right, in this order', () => {
    const sections = Array.from(entry.matchAll(/^### (.+)$/gm), ([, section]) => section);
    expect(sections.slice(0, 4)).toEqual(['Description', 'Impact', 'Investigation', 'Resolution']);
    for (const section of sections.slice(0, 4)) {
      expect(entry).toMatch(new RegExp(`### ${section}\n\n\\S`));
    }
  });
});

describe.each(all.map((alarm) => [alarm.name, alarm] as const))('%s', (_name, { heading, description }) => {
  test('says in one sentence what is hurt, and names its heading', () => {
    const [impact = '', runbookLine = ''] = description.split('\\n');
    expect(impact).toMatch(/^[^.]{40,}\.$/);
    expect(runbookLine).toContain(`Runbook: docs/runbook.md, heading "${heading}".`);
  });
});

test('every alarm over metrics links to where to look', () => {
  for (const { description } of alarms) expect(description).toContain('console.aws.amazon.com/');
});

describe.each(routes)('of route %s', (route) => {
  const logicalId = route.replace('-', '');

  test.each([
    ['DlqNotEmpty', `Events of route ${route} could not be delivered`, `"${logicalId}DeadLetterQueue`],
    ['BreakerOpen', `Events of route ${route} are accepted and kept, but not delivered`, `"${logicalId}Queue`],
    ['ProcessorErrors', `Events of route ${route} are late`, `"${logicalId}Processor`],
  ])('%s tells the impact, and what to look at', (heading, impact, id) => {
    const found = alarms.find(({ name }) => name === `TestRelay/${route}/${heading}`);
    expect(found?.description).toContain(impact);
    expect(found?.description).toMatch(new RegExp(`${id}[0-9A-F]{8}"`));
  });
});

describe('one incident is one mail', () => {
  const children = composites.flatMap(({ anyOf }) => anyOf);

  test('every alarm tells, by itself or by one composite, and none does both', () => {
    for (const { name, tells } of alarms) {
      expect([name, tells, children.filter((child) => child === name).length]).toEqual([name, tells, tells ? 0 : 1]);
    }
    expect(composites.every(({ tells }) => tells)).toBe(true);
  });

  test('what is late in one route is told together', () => {
    expect(composites.find(({ name }) => name === 'TestRelay/telemetry/RouteHurt')?.anyOf).toEqual(
      ['BreakerOpen', 'OldestEventTooOld', 'ProcessorErrors', 'ProcessorThrottled', 'SecretsUnreadable'].map(
        (heading) => `TestRelay/telemetry/${heading}`,
      ),
    );
  });

  test('nothing that waits for somebody, and nothing that says that something is lost, waits for another alarm to end', () => {
    expect(
      alarms.filter(({ tells, name }) => tells && name.includes('telemetry')).map(({ heading }) => heading),
    ).toEqual(['DlqNotEmpty', 'DeadLettersExpiring', 'SignaturesRefused', 'SpillNotEmpty', 'BusEventsLost']);
  });
});

test('alarms go to the topic, and from there to the address of the config', () => {
  for (const type of ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']) {
    for (const { Properties } of Object.values(template.findResources(type))) {
      if (Properties.AlarmActions === undefined) continue;
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^AlarmsTopic/) }]);
    }
  }
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
