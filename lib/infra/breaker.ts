import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { BreakerEnv, BreakerRoute, BreakerVariables } from '../../lambdas/contract/env.ts';
import type { DeliveryTable } from './delivery-table.ts';
import { demandEnvironmentRoom } from './environment-room.ts';
import { NodeFunction } from './node-function.ts';
import type { PayloadBucket } from './payload-bucket.ts';
import type { Route } from './route.ts';
import { runEvery } from './run-every.ts';
import { breakerSettings, breakerTimeoutSeconds, queueRetentionSeconds, tickSeconds } from './timings.ts';

/** The id of an event source mapping is a UUID. */
const uuidCharacters = 36;

/** Lambda's limit; CloudFormation makes names of that length. */
const longestFunctionName = 64;

export interface BreakerProps {
  readonly routes: readonly Route[];
  readonly dataKey: IKey | undefined;
  readonly payloads: PayloadBucket;
  readonly deliveries: DeliveryTable;
}

/**
 * The scheduled function that looks after the routes' breakers. The processors say when a route is to be paused; this
 * switches its event source mapping off, tries the destination, and opens the route again step by step.
 */
export class Breaker extends Construct {
  readonly function: NodeFunction;

  constructor(scope: Construct, id: string, props: BreakerProps) {
    super(scope, id);
    this.function = new NodeFunction(this, 'Function', {
      step: 'breaker',
      dataKey: props.dataKey,
      description: 'Pauses routes whose destination is down, tries them, and opens them again',
      timeoutSeconds: breakerTimeoutSeconds(props.routes.map((route) => route.processorTimeoutSeconds)),
      scheduled: true,
    });
    props.payloads.grantTrials(this.function);
    props.deliveries.grantBreak(this.function);
    const routes: Record<string, BreakerRoute> = {};
    for (const route of props.routes) routes[route.name] = route.grantBreak(this.function);
    const variables = {
      ROUTES: Stack.of(this).toJsonString(routes),
      BREAKER: JSON.stringify(breakerSettings satisfies BreakerEnv['BREAKER']),
      QUEUE_RETENTION_SECONDS: String(queueRetentionSeconds),
    } satisfies Partial<BreakerVariables>;
    const wayOut = 'put some routes into a second stack (another stackName)';
    const { stackName: STACK_NAME } = Stack.of(this);
    const measured = { ...variables, STACK_NAME, ROUTES: Object.fromEntries(Object.entries(routes).map(asDeployed)) };
    demandEnvironmentRoom(`${props.routes.length} routes`, measured, wayOut);
    for (const [variable, value] of Object.entries(variables)) this.function.addEnvironment(variable, value);

    runEvery(this, 'Tick', {
      function: this.function,
      seconds: tickSeconds,
      description: `Once a minute: ${Stack.of(this).stackName} looks after its breakers`,
    });
  }
}

/** With ids as long as they come out: they are tokens still, which would be counted as long as a queue's URL. */
function asDeployed([name, route]: [string, BreakerRoute]): [string, BreakerRoute] {
  return [name, { ...route, mappingId: 'x'.repeat(uuidCharacters), processorName: 'x'.repeat(longestFunctionName) }];
}
