import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type StepWriter, stepWriter } from '../../lambdas/adapters/write-step.ts';
import { parseStepLine } from '../../lib/local/live-step.ts';
import { parseMetricLine } from '../../lib/local/metric-line.ts';

let lines: string[];
let steps: StepWriter;

beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  steps = stepWriter('TestRelay');
  // Steps of a warm function, if nothing else is said.
  for (const requestId of ['first', 'second']) steps.begin({ requestId });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const accepted = { step: 'accepted', route: 'chat', eventId: 'e-1', bytes: 42, tookMs: 12 } as const;
const delivered = {
  step: 'delivered',
  route: 'chat',
  eventId: 'e-1',
  attempt: 1,
  status: 200,
  tookMs: 105,
  sinceReceiptMs: 180,
} as const;
const retrying = {
  step: 'retrying',
  route: 'chat',
  eventId: 'e-1',
  attempt: 1,
  inSeconds: 5,
  error: 'HTTP 503',
  status: 503,
  statusClass: '5xx',
  tookMs: 30,
} as const;

const parsed = () => lines.map((line) => JSON.parse(line));

describe('a step', () => {
  test('is one line of JSON with its fields at the top and a level', () => {
    steps.write({ step: 'waiting', route: 'chat', eventId: 'e-1', inSeconds: 9, why: 'route-paused' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]+\n$/);
    expect(parsed()).toEqual([
      {
        level: 'INFO',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        step: 'waiting',
        route: 'chat',
        eventId: 'e-1',
        inSeconds: 9,
        why: 'route-paused',
      },
    ]);
  });

  test('stays one line whatever an error says', () => {
    steps.write({ step: 'fault', route: 'r', during: 'claiming', error: 'first line\nsecond line\r\u2028third' });
    expect(lines.join('').trimEnd().split(/\r?\n/)).toHaveLength(1);
  });

  test('is an error where an event is in danger, and a warning where the relay copes', () => {
    steps.write({ step: 'not-stored', route: 'r', error: 'no' });
    steps.write({ step: 'dead-letter', route: 'r', eventId: 'e', attempt: 1, cause: 'rejected', error: 'HTTP 400' });
    steps.write({ step: 'fault', route: 'r', during: 'claiming', error: 'no' });
    steps.write({ step: 'secret-unreadable', route: 'r', secret: 'arn', inUse: 'stale', error: 'no' });
    steps.write(retrying);
    steps.write({ step: 'refused', route: 'r', reason: 'signature-mismatch' });
    expect(parsed().map(({ level }) => level)).toEqual(['ERROR', 'ERROR', 'ERROR', 'ERROR', 'WARN', 'WARN']);
  });

  test('names the request where something is wrong, to find what else was logged of it', () => {
    steps.write(accepted);
    steps.write(retrying);
    expect(parsed().map(({ requestId }) => requestId)).toEqual([undefined, 'second']);
  });

  test('of a cold start says so, with its request, and of no later one', () => {
    const cold = stepWriter('TestRelay');
    for (const requestId of ['cold', 'warm']) {
      cold.begin({ requestId });
      cold.write(accepted);
      cold.write(accepted);
    }
    expect(parsed().map(({ coldStart, requestId }) => [coldStart, requestId])).toEqual([
      [true, 'cold'],
      [true, 'cold'],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});

describe('the metrics of a step', () => {
  test('are in its line, by stack and route', () => {
    steps.write(accepted);
    expect(parsed()).toMatchObject([
      {
        ...accepted,
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'GenesysWebhookRelay',
              Dimensions: [['service', 'route']],
              Metrics: [
                { Name: 'Accepted', Unit: 'Count' },
                { Name: 'IngestLatency', Unit: 'Milliseconds' },
              ],
            },
          ],
        },
        service: 'TestRelay',
        Accepted: 1,
        IngestLatency: 12,
      },
    ]);
  });

  test('count with their own dimension and without it, and lend it to no other metric', () => {
    steps.write(retrying);
    const [line] = parsed();
    expect(line._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'GenesysWebhookRelay',
        Dimensions: [['service', 'route']],
        Metrics: [{ Name: 'DeliveryLatency', Unit: 'Milliseconds' }],
      },
      {
        Namespace: 'GenesysWebhookRelay',
        Dimensions: [
          ['service', 'route'],
          ['service', 'route', 'statusClass'],
        ],
        Metrics: [{ Name: 'Retried', Unit: 'Count' }],
      },
    ]);
    expect(line).toMatchObject({ statusClass: '5xx', Retried: 1, DeliveryLatency: 30 });
  });

  test('of one step are not there any more in the next', () => {
    steps.write(retrying);
    steps.write({ step: 'refused', route: 'chat', reason: 'empty-body' });
    steps.write(accepted);
    expect(parsed().map((line) => Object.keys(line).filter((name) => /^[A-Z]/.test(name)))).toEqual([
      ['DeliveryLatency', 'Retried'],
      ['Refused'],
      ['Accepted', 'IngestLatency'],
    ]);
    expect(parsed()[2]._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'route']]);
  });

  test('that cannot be published are lost, and the step is not', () => {
    steps.write({ ...retrying, tookMs: JSON.parse('"thirty"') });
    expect(parsed()).toMatchObject([{ step: 'retrying', metricsError: expect.any(String) }]);
    steps.write(accepted);
    expect(parsed()[1]).toMatchObject({ Accepted: 1, IngestLatency: 12 });
  });

  test('do not keep the local run from reading the step, nor the metrics', () => {
    steps.write(delivered);
    const [line = ''] = lines;
    expect(parseStepLine(line)).toMatchObject(delivered);
    expect(parseStepLine(line)).not.toHaveProperty('_aws');
    expect(parseMetricLine(line)).toMatchObject({ Delivered: 1, TimeToDelivery: 180 });
  });
});

describe('an invocation that gathers metrics', () => {
  beforeEach(() => steps.begin({ requestId: 'batch', gathers: true }));

  test('writes each step at once, and the metrics of all in one line at its end', () => {
    for (const [index, tookMs] of [100, 110, 120].entries())
      steps.write({ ...delivered, eventId: `e-${index}`, tookMs });
    expect(parsed().map((line) => [line.eventId, '_aws' in line])).toEqual([
      ['e-0', false],
      ['e-1', false],
      ['e-2', false],
    ]);
    steps.end();
    expect(lines).toHaveLength(4);
    expect(parsed()[3]).toMatchObject({
      service: 'TestRelay',
      route: 'chat',
      Delivered: 3,
      DeliveryLatency: [100, 110, 120],
      TimeToDelivery: [180, 180, 180],
    });
    expect(parsed()[3]).not.toHaveProperty('step');
  });

  test('leaves those that have a dimension of their own with their step', () => {
    steps.write(delivered);
    steps.write(retrying);
    steps.end();
    expect(parsed()[1]).toMatchObject({ step: 'retrying', Retried: 1 });
    expect(parsed()[1]).not.toHaveProperty('DeliveryLatency');
    expect(parsed()[2]).toMatchObject({ Delivered: 1, DeliveryLatency: [105, 30] });
  });

  test('writes nothing at its end when there is nothing to count', () => {
    steps.write({ step: 'waiting', route: 'chat', eventId: 'e-1', inSeconds: 9, why: 'route-paused' });
    steps.end();
    expect(lines).toHaveLength(1);
  });

  test('ends gathering', () => {
    steps.write(delivered);
    steps.end();
    steps.begin({ requestId: 'next' });
    steps.write(delivered);
    steps.end();
    expect(parsed().map(({ Delivered }) => Delivered)).toEqual([undefined, 1, 1]);
  });
});

test('a metric that belongs to no step is a line of its own', () => {
  steps.publish('chat', { name: 'SpillWaiting', unit: 'Count', value: 0 });
  expect(parsed()).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'GenesysWebhookRelay',
            Dimensions: [['service', 'route']],
            Metrics: [{ Name: 'SpillWaiting', Unit: 'Count' }],
          },
        ],
      },
      service: 'TestRelay',
      route: 'chat',
      SpillWaiting: 0,
    },
  ]);
});
