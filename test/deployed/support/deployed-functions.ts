import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  ListEventSourceMappingsCommand,
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
