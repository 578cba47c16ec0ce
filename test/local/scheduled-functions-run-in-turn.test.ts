import { afterEach, describe, expect, test } from '@jest/globals';
import type { ScheduledEvent } from 'aws-lambda';
import type { InvocationResult, Invoke } from '../../lib/local/invocation.ts';
import { nameResources } from '../../lib/local/name-resources.ts';
import { planFunctions } from '../../lib/local/plan-functions.ts';
import { type Schedule, startSchedule } from '../../lib/local/run-schedule.ts';
import { watchFor } from '../../lib/local/sightings.ts';
import { parseTemplate } from '../../lib/local/template.ts';

const arn = 'arn:aws:events:us-east-1:000000000000:rule/Rule';

describe('a schedule in a template', () => {
  const target = { Id: 'Target0', Arn: { 'Fn::GetAtt': ['Breaker', 'Arn'] } };

  function plan(rule: object) {
    const template = parseTemplate({
      Resources: {
        Breaker: {
          Type: 'AWS::Lambda::Function',
          Properties: { Handler: 'index.handler' },
          Metadata: { 'aws:asset:path': 'asset.1' },
        },
        Rule: { Type: 'AWS::Events::Rule', Properties: rule },
      },
    });
    const scope = nameResources(template, { front: '', sqs: '' });
    return planFunctions({ template, scope }, '/cdk.out').schedules;
  }

  test.each([
    ['rate(1 minute)', 60_000],
    ['rate(15 minutes)', 900_000],
  ])('%s comes every %i ms', (ScheduleExpression, everyMs) => {
    expect(plan({ ScheduleExpression, State: 'ENABLED', Targets: [target] })).toMatchObject([
      { arn, everyMs, function: { name: 'Breaker', modulePath: '/cdk.out/asset.1/index.mjs' } },
    ]);
  });

  test('is none on the bus of a partner, which sends nothing to this machine', () => {
    const source = 'aws.partner/genesys.com/cloud/org/suffix';
    expect(plan({ EventBusName: source, EventPattern: { source: [source] }, Targets: [target] })).toEqual([]);
  });

  test.each([
    ['a rate of 1 minutes', { ScheduleExpression: 'rate(1 minutes)', Targets: [target] }],
    ['a rate of no minutes', { ScheduleExpression: 'rate(0 minutes)', Targets: [target] }],
    ['hours', { ScheduleExpression: 'rate(1 hour)', Targets: [target] }],
    ['cron', { ScheduleExpression: 'cron(0 12 * * ? *)', Targets: [target] }],
    ['an event pattern', { EventPattern: { source: ['aws.s3'] }, Targets: [target] }],
    ['a bus of the account', { EventBusName: 'orders', EventPattern: { source: ['orders'] }, Targets: [target] }],
    ['a rule that is disabled', { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', Targets: [target] }],
    ['no target', { ScheduleExpression: 'rate(1 minute)' }],
    ['two targets', { ScheduleExpression: 'rate(1 minute)', Targets: [target, target] }],
    ['an input of its own', { ScheduleExpression: 'rate(1 minute)', Targets: [{ ...target, Input: '{}' }] }],
    ['a target that is no function', { ScheduleExpression: 'rate(1 minute)', Targets: [{ Id: 'x', Arn: 'arn:x' }] }],
  ])('%s stops the run', (_, rule) => {
    expect(() => plan(rule)).toThrow(expect.objectContaining({ name: 'TemplateError' }));
  });
});

describe('a schedule at work', () => {
  const hour = 3_600_000;
  const schedules: Schedule[] = [];

  afterEach(async () => {
    await Promise.all(schedules.splice(0).map((schedule) => schedule.stop()));
  });

  function start(everyMs: number, invoke: Invoke<ScheduledEvent> = async () => ({ kind: 'returned', value: null })) {
    const events = watchFor<ScheduledEvent>('event');
    const problems = watchFor<string>('problem');
    const schedule = startSchedule({
      arn,
      everyMs,
      invoke: (event) => {
        events.add(event);
        return invoke(event);
      },
      onProblem: problems.add,
    });
    schedules.push(schedule);
    return { schedule, events, problems };
  }

  test('hands over what EventBridge does', async () => {
    const { schedule, events } = start(hour);
    await schedule.runNow();
    expect(events.all).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        region: 'us-east-1',
        resources: [arn],
        detail: {},
      },
    ]);
  });

  test('begins one interval after the start, and goes on', async () => {
    const beganMs = performance.now();
    const { events } = start(100);
    expect(events.all).toEqual([]);
    let seen = 0;
    await events.waitFor(() => ++seen === 1);
    // A timer may be a millisecond early.
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(98);
    seen = 0;
    await events.waitFor(() => ++seen === 3);
  });

  test('never overlaps itself, also when it is run out of turn', async () => {
    let atOnce = 0;
    let most = 0;
    const { schedule, events } = start(5, async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 20));
      atOnce -= 1;
      return { kind: 'returned', value: null };
    });
    await Promise.all([schedule.runNow(), schedule.runNow(), schedule.runNow()]);
    let seen = 0;
    await events.waitFor(() => ++seen === 6);
    await schedule.stop();
    expect(most).toBe(1);
  });

  test('tells of a failure, and goes on', async () => {
    const results: InvocationResult[] = [
      { kind: 'failed', error: 'boom' },
      { kind: 'timed-out', afterMs: 3_000 },
    ];
    const { schedule, problems } = start(hour, async () => results.shift() ?? { kind: 'returned', value: null });
    await schedule.runNow();
    await schedule.runNow();
    await schedule.runNow();
    expect(problems.all).toEqual([`schedule ${arn}: boom`, `schedule ${arn}: timed out after 3000 ms`]);
  });

  test('lets nothing begin once it is stopped, and waits for what is under way', async () => {
    const result = Promise.withResolvers<InvocationResult>();
    const { schedule, events } = start(hour, () => result.promise);
    const first = schedule.runNow();
    const second = schedule.runNow();
    await events.waitFor(() => true);
    const stopping = schedule.stop();
    result.resolve({ kind: 'returned', value: null });
    await Promise.all([first, second, stopping]);
    expect(events.all).toHaveLength(1);
  });
});
