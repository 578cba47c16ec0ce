import * as z from 'zod';
import type { FunctionPlan } from './find-function.ts';
import { type NamedTemplate, notImitated, resolvedResources } from './resolved-resources.ts';

/** A function that is invoked again and again. */
export interface SchedulePlan {
  /** Of the rule. */
  readonly arn: string;
  readonly everyMs: number;
  readonly function: FunctionPlan;
}

const minuteMs = 60_000;

/** EventBridge wants the singular for one, and the plural for more. */
const ratePattern = /^rate\((?:1 minute|(?!1 )[1-9]\d* minutes)\)$/;

const rateSchema = z
  .string()
  .regex(ratePattern, 'the local run knows only rate(1 minute) and rate(N minutes)')
  .transform((expression) => Number.parseInt(expression.slice('rate('.length), 10) * minuteMs);

const targetSchema = z.object({
  Arn: z.string(),
  Input: notImitated,
  InputPath: notImitated,
  InputTransformer: notImitated,
  DeadLetterConfig: notImitated,
});

// A target's RetryPolicy is not read: it is about functions that EventBridge cannot reach, and here it always can.
const ruleSchema = z.object({
  ScheduleExpression: rateSchema,
  EventPattern: notImitated,
  EventBusName: notImitated,
  State: z.literal('ENABLED').default('ENABLED'),
  Targets: z.tuple([targetSchema], { error: 'the local run knows only rules with one target' }),
});

/**
 * @param functionOf finds a function by its ARN
 * @throws TemplateError for a rule that is no plain schedule of one function
 */
export function planSchedules(
  named: NamedTemplate,
  functionOf: (arn: string) => FunctionPlan,
): readonly SchedulePlan[] {
  return resolvedResources(named, 'AWS::Events::Rule', ruleSchema).map(({ logicalId, properties }) => {
    const [target] = properties.Targets;
    return {
      arn: named.scope.attribute(logicalId, 'Arn'),
      everyMs: properties.ScheduleExpression,
      function: functionOf(target.Arn),
    };
  });
}
