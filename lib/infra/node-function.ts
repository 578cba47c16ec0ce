import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionVariables } from '../../lambdas/contract/env.ts';
import type { FunctionStep } from '../bundle/function-steps.ts';
import { bundledCode } from './bundled-code.ts';
import { functionMegabytes } from './function-memory.ts';
import { RelayLogGroup } from './relay-log-group.ts';
import { tickSeconds } from './timings.ts';

export interface NodeFunctionProps {
  /** Folder under `lambdas/` whose `handler.ts` is bundled. */
  readonly step: FunctionStep;
  readonly dataKey: IKey | undefined;
  /** What an operator reads beside the function's name in the console. */
  readonly description: string;
  readonly timeoutSeconds: number;
  /** Called by a schedule (run-every.ts): Lambda must not repeat a run, nor keep one for later. The next makes up for it. */
  readonly scheduled?: true;
  /** Whether X-Ray traces it: `tracing` of the config. Default: false. */
  readonly tracing?: boolean;
  /** How many may run at once, taken from what the account has for all its functions; undefined for no such share. */
  readonly reservedConcurrency?: number | undefined;
}

/** A Lambda function of the relay: Node 24 on arm64, with the AWS SDK inside its bundle. */
export class NodeFunction extends LambdaFunction {
  readonly memoryMegabytes: number;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const memorySize = functionMegabytes[props.step];
    const logGroup = new RelayLogGroup(scope, `${id}Logs`, { dataKey: props.dataKey });
    super(scope, id, {
      code: bundledCode(props.step),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      description: props.description,
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize,
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.tracing === true ? { tracing: Tracing.ACTIVE } : {}),
      environment: {
        STACK_NAME: Stack.of(scope).stackName,
        ...(props.tracing === true ? { TRACING: 'active' } : {}),
      } satisfies FunctionVariables,
      ...(props.scheduled === true ? { retryAttempts: 0, maxEventAge: Duration.seconds(tickSeconds) } : {}),
      logGroup,
      role: roleThatWritesTo(logGroup, scope, `${id}Role`),
    });
    this.memoryMegabytes = memorySize;
  }
}

/** CDK's own role may write to every log group of the account. */
function roleThatWritesTo(logGroup: LogGroup, scope: Construct, id: string): Role {
  const role = new Role(scope, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
  );
  return role;
}
