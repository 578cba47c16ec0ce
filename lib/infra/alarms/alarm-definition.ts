import { ComparisonOperator, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** One alarm, as it is thought of: what is looked at, from which value on it is bad, for how long, and what that means. */
export interface AlarmDefinition {
  /** What it is about: the alarm's path, and so its name, begins with that of this construct. */
  readonly about: Construct;
  /** Its heading in docs/runbook.md, and the last part of its name. */
  readonly heading: string;
  /** What it means for the customer, in one sentence. */
  readonly impact: string;
  readonly metric: IMetric;
  readonly breaching: Breach;
  /** How many of the last periods of the metric have to be breaching. Default: the last one. */
  readonly periods?: { readonly bad: number; readonly of: number };
  /** What a period without data is: see CloudWatch's `TreatMissingData`. */
  readonly missingData: TreatMissingData;
  /** Where to look first: a page of the console. */
  readonly lookAt: string;
}

/** The values that are bad. */
export type Breach = { readonly atLeast: number } | { readonly atMost: number } | { readonly below: number };

/** The same as CloudWatch has it. */
export function thresholdOf(breach: Breach): { threshold: number; comparisonOperator: ComparisonOperator } {
  if ('atLeast' in breach) {
    return {
      threshold: breach.atLeast,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    };
  }
  if ('atMost' in breach) {
    return { threshold: breach.atMost, comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD };
  }
  return { threshold: breach.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD };
}
