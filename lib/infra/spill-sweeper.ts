import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { SweeperVariables } from '../../lambdas/contract/env.ts';
import { NodeFunction } from './node-function.ts';
import type { PayloadBucket } from './payload-bucket.ts';
import type { Route } from './route.ts';
import { runEvery } from './run-every.ts';
import { tickSeconds } from './timings.ts';

export interface SpillSweeperProps {
  readonly routes: readonly Route[];
  readonly dataKey: IKey | undefined;
  readonly payloads: PayloadBucket;
}

/** Puts webhooks that SQS did not take on their queues, once it does again. */
export class SpillSweeper extends Construct {
  readonly function: NodeFunction;

  constructor(scope: Construct, id: string, props: SpillSweeperProps) {
    super(scope, id);
    this.function = new NodeFunction(this, 'Function', {
      step: 'sweeper',
      dataKey: props.dataKey,
      description: 'Puts spilled webhooks on their queues',
      // Over before the next run: two at once would do no harm, and no good.
      timeoutSeconds: 55,
      scheduled: true,
    });
    props.payloads.grantSweep(this.function);
    const queues = Object.fromEntries(props.routes.map((route) => [route.name, route.grantSweep(this.function)]));
    this.function.addEnvironment('QUEUES' satisfies keyof SweeperVariables, Stack.of(this).toJsonString(queues));
    runEvery(this, 'EveryMinute', {
      function: this.function,
      seconds: tickSeconds,
      description: 'Looks for webhooks that were spilled',
    });
  }
}
