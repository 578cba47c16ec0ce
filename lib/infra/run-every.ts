import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { NodeFunction } from './node-function.ts';

export interface RunEveryProps {
  /** One that is `scheduled`. */
  readonly function: NodeFunction;
  /** From one run to the next: whole minutes. */
  readonly seconds: number;
  /** What an operator reads beside the rule in the console. */
  readonly description: string;
}

/** Runs a function again and again. A run that could not be started is not tried again: the next makes up for it. */
export function runEvery(scope: Construct, id: string, props: RunEveryProps): void {
  new Rule(scope, id, {
    description: props.description,
    schedule: Schedule.rate(Duration.seconds(props.seconds)),
    targets: [new LambdaFunction(props.function, { retryAttempts: 0 })],
  });
}
