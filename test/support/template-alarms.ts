import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { lastValues, type MetricSeries, watchedSchema } from './metric-data.ts';

const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.unknown(),
  AlarmActions: z.array(z.unknown()).default([]),
  ComparisonOperator: z.enum([
    'GreaterThanOrEqualToThreshold',
    'GreaterThanThreshold',
    'LessThanOrEqualToThreshold',
    'LessThanThreshold',
  ]),
  Threshold: z.number(),
  EvaluationPeriods: z.int(),
  DatapointsToAlarm: z.int().optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
});

const compositeSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.unknown(),
  AlarmActions: z.array(z.unknown()).default([]),
  AlarmRule: z.unknown(),
});

/** An alarm over metrics. */
export interface TemplateAlarm {
  readonly name: string;
  /** The last part of its name. */
  readonly heading: string;
  /** With the quotes of its own unescaped; what CloudFormation fills in is JSON in between. */
  readonly description: string;
  readonly tells: boolean;
  /** What CloudWatch makes of the data. `unchanged`: there is none, and the alarm stays what it is. */
  state(series: readonly MetricSeries[]): 'ALARM' | 'OK' | 'INSUFFICIENT_DATA' | 'unchanged';
}

/** An alarm over alarms. */
export interface TemplateComposite extends Pick<TemplateAlarm, 'name' | 'heading' | 'description' | 'tells'> {
  /** Names of the alarms of which any one raises it. */
  readonly anyOf: readonly string[];
}

export function alarmsOf(template: Template): readonly TemplateAlarm[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => {
    const alarm = alarmSchema.parse(Properties);
    const watched = watchedSchema.parse(Properties);
    return {
      ...named(alarm),
      state: (series) => judge(alarm, lastValues(watched, series, alarm.EvaluationPeriods + periodsLookedBack)),
    };
  });
}

export function compositesOf(template: Template): readonly TemplateComposite[] {
  const names = new Map(
    Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
      id,
      alarmSchema.parse(Properties).AlarmName,
    ]),
  );
  return Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm')).map(({ Properties }) => {
    const composite = compositeSchema.parse(Properties);
    return { ...named(composite), anyOf: childrenOf(composite.AlarmRule).map((id) => names.get(id) ?? id) };
  });
}

function named(alarm: z.output<typeof compositeSchema> | z.output<typeof alarmSchema>) {
  return {
    name: alarm.AlarmName,
    heading: alarm.AlarmName.split('/').at(-1) ?? '',
    description: JSON.stringify(alarm.AlarmDescription ?? '').replaceAll('\\"', '"'),
    tells: alarm.AlarmActions.length > 0,
  };
}

const ruleSchema = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });
const arnSchema = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });

/** Logical ids of the alarms in a rule that is `(ALARM("…") OR ALARM("…"))`, and nothing else. */
function childrenOf(rule: unknown): readonly string[] {
  const parts = ruleSchema.parse(rule)['Fn::Join'][1];
  const around = parts.filter((part) => typeof part === 'string').join('…');
  if (!/^\(ALARM\("…"\)(?: OR ALARM\("…"\))*\)$/.test(around)) throw new Error(`no plain rule: ${around}`);
  return parts.filter((part) => typeof part !== 'string').map((part) => arnSchema.parse(part)['Fn::GetAtt'][0]);
}

/**
 * CloudWatch looks at some periods more than it is told to, and fills in for missing data only where it does not find as
 * many as it needs among all of them: so old data counts for longer than its period (CloudWatch guide, "Configuring how
 * CloudWatch alarms treat missing data"). How many they are is not documented.
 */
const periodsLookedBack = 3;

function judge(
  alarm: z.output<typeof alarmSchema>,
  range: readonly (number | undefined)[],
): ReturnType<TemplateAlarm['state']> {
  const { TreatMissingData, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = alarm;
  const present = range.filter((value) => value !== undefined).slice(-EvaluationPeriods);
  if (present.length === 0 && TreatMissingData === 'ignore') return 'unchanged';
  if (present.length === 0 && TreatMissingData === 'missing') return 'INSUFFICIENT_DATA';
  const missing = TreatMissingData === 'breaching' ? EvaluationPeriods - present.length : 0;
  const bad = present.filter((value) => isBreaching(alarm, value)).length + missing;
  return bad >= DatapointsToAlarm ? 'ALARM' : 'OK';
}

function isBreaching({ ComparisonOperator, Threshold }: z.output<typeof alarmSchema>, value: number): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
  }
}
