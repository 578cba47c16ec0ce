import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  type EventSourceMappingConfiguration,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { DeployedRelay } from './deployed-relay.ts';

/** Physical ids of a stack's resources of one type, by logical id. */
export async function resourcesOf(stackName: string, type: string): Promise<ReadonlyMap<string, string>> {
  const client = new CloudFormationClient({});
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stackName }));
  client.destroy();
  return new Map(
    StackResources.filter(({ ResourceType }) => ResourceType === type).map(
      ({ LogicalResourceId = '', PhysicalResourceId = '' }) => [LogicalResourceId, PhysicalResourceId],
    ),
  );
}

/** The name of a function. @param logicalId how its logical id begins */
export async function functionOf({ deployment }: DeployedRelay, logicalId: string): Promise<string> {
  const functions = await resourcesOf(deployment.stackName, 'AWS::Lambda::Function');
  const name = [...functions].find(([id]) => id.startsWith(logicalId))?.[1];
  if (name === undefined)
    throw new Error(`the stack has no function ${logicalId}: ${[...functions.keys()].join(', ')}`);
  return name;
}

/** The name of a route's processor function. Logical ids are construct paths without their dashes. */
export function processorOf(relay: DeployedRelay, route: string): Promise<string> {
  return functionOf(relay, `${route.replaceAll('-', '')}Processor`);
}

/** The event source mapping of a route. */
export async function mappingOf(relay: DeployedRelay, route: string): Promise<EventSourceMappingConfiguration> {
  const lambda = new LambdaClient({});
  const FunctionName = await processorOf(relay, route);
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
  lambda.destroy();
  const [mapping] = EventSourceMappings;
  if (mapping === undefined) throw new Error(`${FunctionName} has no event source mapping`);
  return mapping;
}

export type FunctionVariables = Readonly<Record<string, string>>;

/**
 * Changes the environment of a function.
 *
 * @returns puts it back as it was
 */
export async function changeVariables(
  FunctionName: string,
  change: (variables: FunctionVariables) => FunctionVariables,
): Promise<() => Promise<void>> {
  const lambda = new LambdaClient({});
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const original = Environment?.Variables ?? {};
  const write = async (variables: FunctionVariables) => {
    const Variables = { ...variables };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  };
  await write(change(original));
  return async () => {
    await write(original);
    lambda.destroy();
  };
}
