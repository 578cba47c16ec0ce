import * as z from 'zod';
import { partnerBusPrefix } from '../infra/event-bridge-config.ts';
import type { FunctionPlan } from './find-function.ts';
import { type NamedTemplate, notImitated, resolvedResources } from './resolved-resources.ts';
import type { Resource, Template } from './template.ts';

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
 * Rules on the bus of a partner are left out: no partner sends anything to this machine. Everything behind such a rule is
 * there, so that an event that is put on the route's queue by hand goes its way.
 *
 * @param functionOf finds a function by its ARN
 * @throws TemplateError for any other rule that is no plain schedule of one function
 */
export function planSchedules(
  named: NamedTemplate,
  functionOf: (arn: string) => FunctionPlan,
): readonly SchedulePlan[] {
  const own = { ...named, template: withoutPartnerRules(named.template) };
  return resolvedResources(own, 'AWS::Events::Rule', ruleSchema).map(({ logicalId, properties }) => {
    const [target] = properties.Targets;
    return {
      arn: named.scope.attribute(logicalId, 'Arn'),
      everyMs: properties.ScheduleExpression,
      function: functionOf(target.Arn),
    };
  });
}

function withoutPartnerRules(template: Template): Template {
  const resources = Object.entries(template.Resources).filter(([, resource]) => !isPartnerRule(resource));
  return { ...template, Resources: Object.fromEntries(resources) };
}

function isPartnerRule({ Type, Properties: { EventBusName } }: Resource): boolean {
  return Type === 'AWS::Events::Rule' && typeof EventBusName === 'string' && EventBusName.startsWith(partnerBusPrefix);
}
