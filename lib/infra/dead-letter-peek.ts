import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { PeekerVariables } from '../../lambdas/contract/env.ts';
import { NodeFunction } from './node-function.ts';
import type { Route } from './route.ts';
import { runEvery } from './run-every.ts';
import { deadLetterRetentionSeconds, peekSeconds, peekTimeoutSeconds } from './timings.ts';

export interface DeadLetterPeekProps {
  readonly routes: readonly Route[];
  readonly dataKey: IKey | undefined;
}

/**
 * Publishes how many hours the oldest dead letter of each route has left. No metric of SQS tells: a message that SQS moved
 * there itself is as old as on its first queue, and the age that SQS publishes of a dead letter queue counts from the move.
 */
export class DeadLetterPeek extends Construct {
  readonly function: NodeFunction;

  constructor(scope: Construct, id: string, props: DeadLetterPeekProps) {
    super(scope, id);
    this.function = new NodeFunction(this, 'Function', {
      step: 'peeker',
      dataKey: props.dataKey,
      description: 'Looks how long dead letters have left',
      timeoutSeconds: peekTimeoutSeconds(props.routes.length),
      scheduled: true,
    });
    const queues = Object.fromEntries(props.routes.map((route) => [route.name, route.grantPeek(this.function)]));
    const variables = {
      DEAD_LETTER_QUEUES: Stack.of(this).toJsonString(queues),
      DEAD_LETTER_RETENTION_SECONDS: String(deadLetterRetentionSeconds),
    } satisfies Partial<PeekerVariables>;
    for (const [variable, value] of Object.entries(variables)) this.function.addEnvironment(variable, value);
    runEvery(this, 'EveryQuarter', {
      function: this.function,
      seconds: peekSeconds,
      description: `Four times an hour: ${Stack.of(this).stackName} looks how long dead letters have left`,
    });
  }
}
