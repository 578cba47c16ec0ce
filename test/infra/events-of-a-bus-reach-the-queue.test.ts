import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import type { RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { synthesize } from '../support/synthesized-stack.ts';

const sourceName = 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/ingest-prod';
const topics = ['v2.detail.events.conversation.{id}.customer.end', 'v2.audits.entitytype.{id}.entityid.{id}'];
const deliverTo = { url: 'https://crm.example/events' };

const config: RelayConfigInput = {
  stackName: 'TestRelay',
  routes: {
    both: { verify: { kind: 'open-messaging' }, eventBridge: { sourceName }, deliverTo },
    bus: { eventBridge: { sourceName, topics, deliver: 'detail' }, deliverTo },
    webhooks: { verify: { kind: 'open-messaging' }, deliverTo },
  },
};
const template = synthesize(config);

const ruleSchema = z.object({
  DependsOn: z.array(z.string()),
  Properties: z.looseObject({
    Name: z.string(),
    EventBusName: z.string(),
    EventPattern: z.looseObject({}),
    Targets: z.tuple([z.looseObject({ Arn: z.unknown(), DeadLetterConfig: z.object({ Arn: z.unknown() }) })]),
  }),
});

/** The rule of a route on the partner's bus. */
function ruleOf(route: string, of: Template = template) {
  const rules = Object.entries(of.findResources('AWS::Events::Rule'));
  return ruleSchema.parse(rules.find(([id]) => id.startsWith(`${route}PartnerBus`))?.[1]);
}

const arnOf = (id: RegExp, type = 'AWS::SQS::Queue') => {
  const found = Object.keys(template.findResources(type)).filter((name) => id.test(name));
  expect(found).toHaveLength(1);
  return { 'Fn::GetAtt': [found[0], 'Arn'] };
};

describe('a route with an event source', () => {
  test("has a rule on the source's bus, which sends straight to its queue", () => {
    const { EventBusName, EventPattern, Targets } = ruleOf('both').Properties;
    expect(EventBusName).toBe(sourceName);
    expect(EventPattern).toEqual({ source: [sourceName] });
    expect(Targets[0].Arn).toEqual(arnOf(/^bothQueue/));
  });

  test('gets only the topics that it names, if it names any', () => {
    expect(ruleOf('bus').Properties.EventPattern).toEqual({ source: [sourceName], 'detail-type': topics });
  });

  test('finds what EventBridge could not put on the queue among its dead letters', () => {
    expect(ruleOf('bus').Properties.Targets[0].DeadLetterConfig.Arn).toEqual(arnOf(/^busDeadLetterQueue/));
  });

  test.each(['both', 'bus'])('lets in that one rule, on both queues: %s', (route) => {
    const { Name } = ruleOf(route).Properties;
    const SourceArn = {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':events:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          `:rule/${sourceName}/${Name}`,
        ],
      ],
    };
    for (const queue of [`^${route}Queue`, `^${route}DeadLetterQueue`]) {
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: Match.stringLikeRegexp(queue) }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: arnOf(new RegExp(queue)),
              Condition: { ArnEquals: { 'aws:SourceArn': SourceArn } },
            }),
          ]),
        },
      });
    }
  });

  test('has its rule only after the policies that let its events in', () => {
    const policies = Object.keys(template.findResources('AWS::SQS::QueuePolicy')).filter((id) => /^bus/.test(id));
    expect(policies).toHaveLength(2);
    expect(ruleOf('bus').DependsOn).toEqual(expect.arrayContaining(policies));
  });

  test('tells its processor whose events they are, and what to deliver of them', () => {
    expect(processorSource('both')).toEqual({ sourceName, deliver: 'envelope' });
    expect(processorSource('bus')).toEqual({ sourceName, deliver: 'detail' });
    expect(processorSource('webhooks')).toBeUndefined();
  });
});

test('no service but EventBridge, and nobody else, is let in', () => {
  const statements = Object.values(template.findResources('AWS::SQS::QueuePolicy')).flatMap((policy) =>
    z
      .object({ Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(z.looseObject({})) }) }) })
      .parse(policy)
      .Properties.PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow'),
  );
  expect(statements).toHaveLength(4);
  for (const { Principal } of statements) expect(Principal).toEqual({ Service: 'events.amazonaws.com' });
});

describe('a route without verify', () => {
  test('is unknown to the function that takes webhooks, and has no secret of a sender', () => {
    const [ingest] = Object.values(template.findResources('AWS::Lambda::Function', {})).filter((found) =>
      JSON.stringify(found).includes('INLINE_LIMIT_BYTES'),
    );
    const routes = JSON.stringify(ingest?.Properties.Environment.Variables.ROUTES);
    expect(routes).toContain('\\"both\\"');
    expect(routes).not.toContain('\\"bus\\"');
    expect(Object.keys(template.findResources('AWS::SecretsManager::Secret')).filter((id) => /^bus/.test(id))).toEqual([
      expect.stringMatching(/^busSigningSecret/),
    ]);
  });
});

test('the outputs name the event source of a route', () => {
  const { Routes } = template.findOutputs('Routes');
  expect(JSON.stringify(Routes).match(/eventSourceName/g)).toHaveLength(2);
});

test('a key of the account serves EventBridge, for this account alone, once', () => {
  const encrypted = synthesize({ ...config, encryption: 'kms' });
  const statement = {
    Sid: 'EventsOfTheBus',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };
  encrypted.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([statement]) } });
  expect(JSON.stringify(encrypted.findResources('AWS::KMS::Key')).match(/EventsOfTheBus/g)).toHaveLength(1);
  expect(ruleOf('bus', encrypted).Properties.EventBusName).toBe(sourceName);
});

test('without an event source nothing of it is in the template', () => {
  expect(JSON.stringify(synthesize())).not.toMatch(/aws\.partner|EVENT_BRIDGE|events\.amazonaws\.com.*sqs:SendMessage/);
});

/** What the processor of a route is told about the bus. */
function processorSource(route: string): unknown {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  const [, processor] = functions.find(([id]) => id.startsWith(`${route}Processor`)) ?? [];
  const { EVENT_BRIDGE } = processor?.Properties.Environment.Variables ?? {};
  return EVENT_BRIDGE === undefined ? undefined : JSON.parse(EVENT_BRIDGE);
}
