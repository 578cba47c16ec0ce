import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { metricNames, metricNamespace } from '../../lambdas/contract/metric-names.ts';
import { partnerEventSource, synthesize, twoRoutes, twoRoutesAndABus } from '../support/synthesized-stack.ts';

/** Metrics of AWS's own namespaces that the dashboard may show; the services' guides list them. */
const metricsOfAws: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['Count', '4xx', '5xx', 'Latency'],
  'AWS/Lambda': ['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions'],
  'AWS/SQS': [
    'ApproximateAgeOfOldestMessage',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesVisible',
    'NumberOfEmptyReceives',
    'NumberOfMessagesDeleted',
    'NumberOfMessagesReceived',
    'NumberOfMessagesSent',
  ],
  'AWS/Events': ['Events', 'InvocationsFailedToBeSentToDlq', 'InvocationsSentToDlq', 'TriggeredRules'],
  'AWS/DynamoDB': ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'],
  'GenesysWebhookRelay/TestRelay': ['RequestsThrottled'],
};

const widgetSchema = z.object({
  type: z.enum(['alarm', 'metric', 'text']),
  x: z.int(),
  y: z.int(),
  width: z.int(),
  height: z.int(),
  properties: z.object({
    title: z.string().optional(),
    markdown: z.string().optional(),
    alarms: z.array(z.string()).optional(),
    metrics: z.array(z.array(z.unknown())).default([]),
  }),
});

const expressionSchema = z.object({ expression: z.string(), label: z.string() });
const searchPattern =
  /^SEARCH\('\{GenesysWebhookRelay,service,route,(\w+)\} MetricName="(\w+)" service="TestRelay" route="[a-z-]+"', 'Sum', 300\)$/;

/** The body as JSON; what CloudFormation fills in is `<LogicalId>`. */
function widgetsOf(template = synthesize()) {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const parts = z.array(z.unknown()).parse(dashboard?.Properties.DashboardBody['Fn::Join'][1]);
  const text = parts
    .map((part) =>
      typeof part === 'string'
        ? part
        : `<${
            z
              .object({ Ref: z.string() })
              .or(z.object({ 'Fn::GetAtt': z.array(z.string()) }))
              .parse(part) && JSON.stringify(part).replaceAll(/[^\w.:]/g, '')
          }>`,
    )
    .join('');
  return z.object({ widgets: z.array(widgetSchema) }).parse(JSON.parse(text)).widgets;
}

const widgets = widgetsOf(synthesize(twoRoutesAndABus));
const shown = widgets.flatMap(({ properties }) => properties.metrics);

describe('every metric of the dashboard', () => {
  test('is one that is published', () => {
    for (const [namespace, name] of shown) {
      if (typeof namespace !== 'string') continue;
      const published = namespace === metricNamespace ? Object.values<unknown>(metricNames) : metricsOfAws[namespace];
      expect(published).toContain(name);
    }
  });

  test('that is searched for is split by a dimension that it has', () => {
    const searches = shown.flatMap(([first]) => {
      const parsed = expressionSchema.safeParse(first);
      return parsed.success && parsed.data.expression.startsWith('SEARCH') ? [parsed.data.expression] : [];
    });
    expect(searches.map((search) => searchPattern.exec(search)?.slice(1))).toEqual(
      twoRouteNames.flatMap(() => [
        ['cause', 'DeadLetters'],
        ['statusClass', 'Retried'],
        ['reason', 'Refused'],
      ]),
    );
  });
});

const twoRouteNames = Object.keys(twoRoutes.routes);

test('every metric of the functions is on it, for each route', () => {
  for (const route of twoRouteNames) {
    const ofRoute = shown.filter((metric) => metric[0] === metricNamespace && metric.includes(route));
    const searched = shown.filter(([first]) => JSON.stringify(first ?? '').includes(`route=\\"${route}\\"`));
    const names = [
      ...ofRoute.map(([, name]) => name),
      ...searched.map(([first]) => /MetricName=\\"(\w+)/.exec(JSON.stringify(first))?.[1]),
    ];
    expect([...new Set(names)].sort()).toEqual(Object.values(metricNames).sort());
  }
});

test('every alarm is on it, those of a route under its name', () => {
  const alarms = widgets.filter(({ type }) => type === 'alarm').map(({ properties }) => properties);
  expect(alarms.map(({ title, alarms: shownAlarms = [] }) => [title, shownAlarms.length])).toEqual([
    ['Alarms: each has its heading in docs/runbook.md', 6],
    ['Alarms of open-messaging', 12],
    ['Alarms of telemetry', 13],
  ]);
});

test('no widget lies on another, and none goes over the edge', () => {
  for (const [index, one] of widgets.entries()) {
    expect(one.x + one.width).toBeLessThanOrEqual(24);
    for (const other of widgets.slice(index + 1)) {
      const apart =
        one.x + one.width <= other.x ||
        other.x + other.width <= one.x ||
        one.y + one.height <= other.y ||
        other.y + other.height <= one.y;
      expect([one.properties.title, other.properties.title, apart]).toEqual([
        one.properties.title,
        other.properties.title,
        true,
      ]);
    }
  }
});

test('events of a bus are on it for a route that has one: all that come, its own, and those that got stuck', () => {
  const ofBuses = shown.filter(([namespace]) => namespace === 'AWS/Events').map((metric) => metric.slice(1, -1));
  const rule = [
    'EventBusName',
    partnerEventSource,
    'RuleName',
    expect.stringMatching(/^TestRelaytelemetryPartnerBus[0-9A-F]{8}$/),
  ];
  expect(ofBuses).toEqual([
    ['Events', 'EventSourceName', partnerEventSource],
    ['TriggeredRules', ...rule],
    ['InvocationsSentToDlq', ...rule],
    ['InvocationsFailedToBeSentToDlq', ...rule],
  ]);
  expect(JSON.stringify(widgetsOf())).not.toContain('AWS/Events');
});

function costsOf(all: typeof widgets) {
  const [costs] = all.filter(({ properties }) => properties.title?.startsWith('Requests × list price'));
  return (costs?.properties.metrics ?? []).flatMap(([first]) => {
    const parsed = expressionSchema.safeParse(first);
    return parsed.success ? [parsed.data] : [];
  });
}

test('costs are counted of every route, and what has no data counts for nothing', () => {
  const services = costsOf(widgets);
  expect(services.map(({ label }) => label)).toEqual([
    'API Gateway',
    'Lambda',
    'SQS, at most',
    'DynamoDB',
    'S3, of events',
  ]);
  for (const { expression } of services) {
    expect(expression).toMatch(
      /^\(FILL\(\w+,0\)(?:\+FILL\(\w+,0\))*\) \* 0\.\d+(?: \+ \([^)]*(?:\)[^)]*)*\) \* 0\.\d+)*$/,
    );
  }
});

test('with as many routes as fit a stack, CloudWatch still takes the expressions of the costs', () => {
  const route = {
    verify: { kind: 'none', acceptUnsigned: true },
    deliverTo: { url: 'https://example.com/hook' },
  } as const;
  const routes = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`r${index}`, route]));
  const lengths = costsOf(widgetsOf(synthesize({ ...twoRoutes, routes }))).map(({ expression }) => expression.length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(2_048);
});

test('it has the name of the stack and its region, its address is an output, and a config can do without it', () => {
  const template = synthesize();
  const DashboardName = { 'Fn::Join': ['', ['TestRelay-', { Ref: 'AWS::Region' }]] };
  template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName });
  expect(JSON.stringify(template.findOutputs('DashboardUrl'))).toContain('#dashboards/dashboard/TestRelay-');
  const without = synthesize({ ...twoRoutes, dashboard: false });
  without.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  expect(Object.keys(without.findOutputs('*'))).not.toContain('DashboardUrl');
});
