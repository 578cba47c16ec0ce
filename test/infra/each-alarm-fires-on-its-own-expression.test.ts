import { describe, expect, test } from '@jest/globals';
import type { MetricSeries } from '../support/metric-data.ts';
import { partnerEventSource, synthesize, twoRoutesAndABus } from '../support/synthesized-stack.ts';
import { alarmsOf } from '../support/template-alarms.ts';

/* Every alarm of one route, with a bus, and of the whole relay, on data as CloudWatch would have it: a sample each minute. */

const alarms = alarmsOf(synthesize(twoRoutesAndABus));

const hour = 60;
const day = 24 * hour;

/** The same value for so many minutes. */
const steady = (value: number | undefined, minutes: number) => Array<number | undefined>(minutes).fill(value);
/** One sample, and nothing else for the rest of so many minutes. */
const once = (value: number, minutes: number) => [...steady(undefined, minutes - 1), value];

type Minutes = MetricSeries['minutes'];

const ofRoute = (name: string, minutes: Minutes): MetricSeries => ({
  namespace: 'GenesysWebhookRelay',
  name,
  dimensions: { service: 'TestRelay', route: 'telemetry' },
  minutes,
});
const ofQueue = (name: string, minutes: Minutes): MetricSeries => ({
  namespace: 'AWS/SQS',
  name,
  dimensions: { QueueName: /"telemetryQueue[0-9A-F]{8}"/ },
  minutes,
});
const ofDeadLetters = (name: string, minutes: Minutes): MetricSeries => ({
  ...ofQueue(name, minutes),
  dimensions: { QueueName: /"telemetryDeadLetterQueue[0-9A-F]{8}"/ },
});
const ofFunction = (id: string, name: string, minutes: Minutes): MetricSeries => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: new RegExp(`"${id}[0-9A-F]{8}"`) },
  minutes,
});
const ofApi = (name: string, minutes: Minutes): MetricSeries => ({
  namespace: 'AWS/ApiGateway',
  name,
  dimensions: { ApiId: /"IngestApi[0-9A-F]{8}"/ },
  minutes,
});
/** Of a bus that is not the default one, EventBridge publishes what concerns a rule under the names of both. */
const ofRule = (name: string, minutes: Minutes): MetricSeries => ({
  namespace: 'AWS/Events',
  name,
  dimensions: { EventBusName: partnerEventSource, RuleName: /^"TestRelaytelemetryPartnerBus[0-9A-F]{8}"$/ },
  minutes,
});
const turnedAway = (minutes: Minutes): MetricSeries => ({
  namespace: 'GenesysWebhookRelay/TestRelay',
  name: 'RequestsThrottled',
  dimensions: {},
  minutes,
});

/** Data, and what is going on then. */
type Story = readonly [what: string, ...series: MetricSeries[]];

interface Case {
  readonly heading: string;
  readonly fires: readonly Story[];
  readonly keepsStill: readonly Story[];
  /** Without any data. */
  readonly inSilence: 'ALARM' | 'OK' | 'unchanged';
}

const minutesAge = (minutes: number) => minutes * 60;

const cases: readonly Case[] = [
  {
    heading: 'DlqNotEmpty',
    fires: [
      [
        'one dead letter',
        ofDeadLetters('ApproximateNumberOfMessagesVisible', [1]),
        ofDeadLetters('ApproximateNumberOfMessagesNotVisible', [0]),
      ],
      [
        'one dead letter that somebody looks at',
        ofDeadLetters('ApproximateNumberOfMessagesVisible', [0]),
        ofDeadLetters('ApproximateNumberOfMessagesNotVisible', [1]),
      ],
    ],
    keepsStill: [
      [
        'an empty queue',
        ofDeadLetters('ApproximateNumberOfMessagesVisible', [4, 0]),
        ofDeadLetters('ApproximateNumberOfMessagesNotVisible', [0, 0]),
      ],
    ],
    inSilence: 'OK',
  },
  {
    heading: 'DeadLettersExpiring',
    fires: [
      ['three days left', ofRoute('DeadLetterHoursLeft', once(72, hour))],
      [
        'a look of half an hour ago found less than three days',
        ofRoute('DeadLetterHoursLeft', [50, ...steady(undefined, 30)]),
      ],
    ],
    keepsStill: [['more than three days left', ofRoute('DeadLetterHoursLeft', once(72.1, hour))]],
    inSilence: 'OK',
  },
  {
    heading: 'BreakerOpen',
    fires: [['the route is paused', ofRoute('BreakerOpen', [1])]],
    keepsStill: [['the route has reopened', ofRoute('BreakerOpen', [1, 1, 0])]],
    inSilence: 'unchanged',
  },
  {
    heading: 'OldestEventTooOld',
    fires: [
      [
        'events wait although the route flows',
        ofQueue('ApproximateAgeOfOldestMessage', steady(minutesAge(40), 30)),
        ofRoute('BreakerOpen', steady(0, 30)),
      ],
      [
        'events wait and nobody looks after the breaker',
        ofQueue('ApproximateAgeOfOldestMessage', steady(minutesAge(40), 30)),
      ],
      [
        'a paused route is not emptied',
        ofQueue('ApproximateAgeOfOldestMessage', steady(minutesAge(6.7 * day), 30)),
        ofRoute('BreakerOpen', steady(1, 30)),
      ],
    ],
    keepsStill: [
      [
        'events wait because the breaker holds them, for days',
        ofQueue('ApproximateAgeOfOldestMessage', steady(minutesAge(6.4 * day), 30)),
        ofRoute('BreakerOpen', steady(1, 30)),
      ],
      [
        'a route that has reopened works off what waited',
        ofQueue('ApproximateAgeOfOldestMessage', [...steady(minutesAge(day), 20), ...steady(minutesAge(1), 10)]),
        ofRoute('BreakerOpen', steady(0, 30)),
      ],
      [
        'retries of a healthy route',
        ofQueue('ApproximateAgeOfOldestMessage', steady(30, 30)),
        ofRoute('BreakerOpen', steady(0, 30)),
      ],
    ],
    inSilence: 'OK',
  },
  {
    heading: 'ProcessorErrors',
    fires: [
      ['it crashes every time', ofFunction('telemetryProcessor', 'Errors', steady(1, 10))],
      [
        'one event kills it each time that it comes back',
        ofFunction('telemetryProcessor', 'Errors', [1, ...steady(0, 7), 1, ...steady(0, 7)]),
      ],
    ],
    keepsStill: [
      ['it crashed once', ofFunction('telemetryProcessor', 'Errors', [1, ...steady(0, 29)])],
      ['it runs', ofFunction('telemetryProcessor', 'Errors', steady(0, 30))],
    ],
    inSilence: 'OK',
  },
  {
    heading: 'ProcessorThrottled',
    fires: [['for a quarter of an hour', ofFunction('telemetryProcessor', 'Throttles', steady(2, 15))]],
    keepsStill: [
      ['for five minutes', ofFunction('telemetryProcessor', 'Throttles', [...steady(9, 5), ...steady(0, 10)])],
    ],
    inSilence: 'OK',
  },
  {
    heading: 'SecretsUnreadable',
    fires: [['again and again', ofRoute('SecretsUnreadable', [1, ...steady(undefined, 5), 1])]],
    keepsStill: [['once', ofRoute('SecretsUnreadable', [3, ...steady(undefined, 10)])]],
    inSilence: 'OK',
  },
  {
    heading: 'SignaturesRefused',
    fires: [
      ['nothing else comes', ofRoute('Refused', once(5, 15))],
      ['one in five', ofRoute('Refused', steady(25, 15)), ofRoute('Accepted', steady(100, 15))],
    ],
    keepsStill: [
      ['strangers try a busy route', ofRoute('Refused', steady(10, 15)), ofRoute('Accepted', steady(100, 15))],
      ['somebody has tried a quiet route', ofRoute('Refused', once(4, 15))],
      ['everything is accepted', ofRoute('Accepted', steady(100, 15))],
    ],
    inSilence: 'OK',
  },
  {
    heading: 'BusEventsLost',
    fires: [['one event of the bus could not be made a dead letter', ofRule('InvocationsFailedToBeSentToDlq', [1])]],
    keepsStill: [
      ['an event could not be put on the queue, and is a dead letter', ofRule('InvocationsSentToDlq', [1])],
      ['events come', ofRule('TriggeredRules', steady(100, 5))],
    ],
    inSilence: 'OK',
  },
  {
    heading: 'SpillNotEmpty',
    fires: [['SQS has not taken a webhook for five minutes', ofRoute('SpillWaiting', steady(1, 5))]],
    keepsStill: [
      ['the next sweep took it', ofRoute('SpillWaiting', [0, 40, 3, 0, 0])],
      ['nothing was spilled', ofRoute('SpillWaiting', steady(0, 5))],
    ],
    inSilence: 'unchanged',
  },
  {
    heading: 'BreakerNotRunning',
    fires: [['for ten minutes', ofRoute('BreakerOpen', [...steady(0, 20), ...steady(undefined, 10)])]],
    keepsStill: [
      ['it looks each minute', ofRoute('BreakerOpen', steady(0, 10))],
      ['it looks each minute at a paused route', ofRoute('BreakerOpen', steady(1, 10))],
      ['some ticks failed', ofRoute('BreakerOpen', [...steady(undefined, 4), 0, ...steady(undefined, 5)])],
    ],
    inSilence: 'ALARM',
  },
  {
    heading: 'SweeperNotRunning',
    fires: [['for ten minutes', ofRoute('SpillWaiting', [...steady(0, 20), ...steady(undefined, 10)])]],
    keepsStill: [['it looks each minute', ofRoute('SpillWaiting', steady(0, 10))]],
    inSilence: 'ALARM',
  },
  {
    heading: 'PeekNotRunning',
    fires: [
      [
        'every look of two hours failed',
        ofFunction('PeekFunction', 'Invocations', steady(1, 2 * hour)),
        ofFunction('PeekFunction', 'Errors', steady(1, 2 * hour)),
      ],
      [
        'it has not run for two hours',
        ofFunction('PeekFunction', 'Invocations', [...steady(1, 5 * hour), ...steady(undefined, 2 * hour)]),
        ofFunction('PeekFunction', 'Errors', [...steady(0, 5 * hour), ...steady(undefined, 2 * hour)]),
      ],
    ],
    keepsStill: [
      [
        'three looks of four failed',
        ofFunction('PeekFunction', 'Invocations', [1, 1, 1, 1]),
        ofFunction('PeekFunction', 'Errors', [1, 1, 1, 0]),
      ],
    ],
    inSilence: 'ALARM',
  },
  {
    heading: 'IngestServerErrors',
    fires: [['half of what one webhook gets before it is lost', ofApi('5xx', [1, 1, 1])]],
    keepsStill: [['one that is sent again', ofApi('5xx', [0, 1, 0, 0, 0])]],
    inSilence: 'OK',
  },
  {
    heading: 'IngestErrors',
    fires: [['it crashes on every request', ofFunction('IngestFunction', 'Errors', [3])]],
    keepsStill: [['it crashed twice', ofFunction('IngestFunction', 'Errors', [1, 0, 1, 0, 0])]],
    inSilence: 'OK',
  },
  {
    heading: 'IngestThrottled',
    fires: [
      ['API Gateway turns requests away', turnedAway([3])],
      ['Lambda has no room', ofFunction('IngestFunction', 'Throttles', [3])],
      ['a little of both', turnedAway([1]), ofFunction('IngestFunction', 'Throttles', [2])],
    ],
    keepsStill: [
      [
        'a peak of a moment',
        turnedAway([2, ...steady(undefined, 4)]),
        ofFunction('IngestFunction', 'Throttles', steady(0, 5)),
      ],
    ],
    inSilence: 'OK',
  },
];

const alarmOf = (heading: string) => {
  const found = alarms.find((alarm) => alarm.heading === heading && !alarm.name.includes('/open-messaging/'));
  if (found === undefined) throw new Error(`there is no alarm ${heading}`);
  return found;
};

test('every alarm has its case', () => {
  expect(cases.map(({ heading }) => heading).sort()).toEqual([...new Set(alarms.map(({ heading }) => heading))].sort());
});

describe.each(cases)('$heading', ({ heading, fires, keepsStill, inSilence }) => {
  test.each(fires)('fires: %s', (_what, ...series) => {
    expect(alarmOf(heading).state(series)).toBe('ALARM');
  });

  test.each(keepsStill)('keeps still: %s', (_what, ...series) => {
    expect(alarmOf(heading).state(series)).toBe('OK');
  });

  test(`without any data it is ${inSilence}`, () => {
    expect(alarmOf(heading).state([])).toBe(inSilence);
  });
});

test('an alarm goes by the data of its own route only', () => {
  const series = [ofRoute('BreakerOpen', [1])];
  const breakers = alarms.filter(({ heading }) => heading === 'BreakerOpen');
  expect(breakers.map(({ name, state }) => [name, state(series)])).toEqual([
    ['TestRelay/open-messaging/BreakerOpen', 'unchanged'],
    ['TestRelay/telemetry/BreakerOpen', 'ALARM'],
  ]);
});
