import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  type ResourceChange,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cdk, deploy, destroy, prepareChangeSet, synthesize } from './runner/cdk.ts';
import { adaptToMinistack } from './runner/ministack-differences.ts';
import { type DeployedRelay, deployedRelay, eventually, readOutputs, so } from './support/deployed-relay.ts';
import { readDeployment } from './support/deployment.ts';
import { renameTemplate } from './support/rename-template.ts';
import { retainedData } from './support/retained-data.ts';
import { stackConfig } from './support/stack-config.ts';
import { unpackRelease } from './support/unpack-release.ts';

/** What holds events, or what is needed to read or accept them. */
const dataTypes = ['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret'];

/**
 * A change of one of these makes CloudFormation replace the resource. MiniStack says `Conditional` of every property that
 * it does not know, where CloudFormation knows.
 */
const immutable = new Set(['QueueName', 'FifoQueue', 'TableName', 'KeySchema', 'BucketName', 'Name']);

function losesData({ Action, ResourceType = '', Replacement, Details = [] }: ResourceChange): boolean {
  if (!dataTypes.includes(ResourceType)) return false;
  const isRenamed = Details.some(({ Target }) => immutable.has(Target?.Name ?? ''));
  return Action === 'Remove' || Replacement === 'True' || isRenamed;
}

const deployment = readDeployment();
const stackName = `RelayUpgrade-${randomBytes(4).toString('hex')}`;
const path = (name: string) => join(deployment.folder, stackName, name);
const outputsPath = path('outputs.json');
const cdk: Cdk = { env: process.env, signal: AbortSignal.timeout(600_000), onLine: () => {} };
const cloudFormation = new CloudFormationClient({});

async function adapted(assembly: string): Promise<string> {
  if (deployment.isMinistack) await adaptToMinistack(assembly);
  return assembly;
}

async function stackStatus(): Promise<string | undefined> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
  return Stacks[0]?.StackStatus;
}

/** The present stack, in which one resource cannot be made. */
async function brokenAssembly(): Promise<string> {
  const broken = path('broken.out');
  await synthesize(cdk, path('relay.config.json'), broken);
  await adapted(broken);
  const file = join(broken, `${stackName}.template.json`);
  const template = JSON.parse(await readFile(file, 'utf8'));
  const processor = Object.entries<{ Type: string }>(template.Resources).find(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  )?.[0];
  template.Resources.NobodyCanMakeThis = {
    Type: 'AWS::CloudWatch::Alarm',
    // After a function was changed: something has to be rolled back.
    DependsOn: [processor],
    Properties: {
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      Threshold: 1,
      Metrics: [{ Id: 'sum', Expression: 'this is no expression', ReturnData: true }],
    },
  };
  await writeFile(file, JSON.stringify(template));
  await renameTemplate(broken, stackName);
  return broken;
}

let relay: DeployedRelay;
const current = path('current.out');

beforeAll(async () => {
  const released = path('released.out');
  await unpackRelease(released, stackName, deployment.destination.url);
  await deploy(cdk, await adapted(released), outputsPath);
  relay = deployedRelay('upgraded', { stackName, outputsPath });
  await writeFile(
    path('relay.config.json'),
    JSON.stringify(stackConfig(stackName, deployment.destination.url, { routes: ['upgraded'] })),
  );
  await synthesize(cdk, path('relay.config.json'), current);
  await adapted(current);
}, 120_000);

afterAll(() => {
  relay.close();
  cloudFormation.destroy();
});

test('an earlier version is upgraded with events in flight, a failed upgrade is rolled back, and the data outlives it all', async () => {
  await relay.answer({ status: 503 });
  const eventIds: string[] = [];
  for (let event = 0; event < 5; event++) eventIds.push(await relay.accept(JSON.stringify({ event })));
  eventIds.push(await relay.accept(JSON.stringify({ large: randomBytes(300_000).toString('base64') })));
  await eventually('the first attempts', async () =>
    (await relay.deliveries()).length >= eventIds.length ? true : undefined,
  );

  await prepareChangeSet(cdk, current, 'upgrade');
  const { Changes = [] } = await cloudFormation.send(
    new DescribeChangeSetCommand({ StackName: stackName, ChangeSetName: 'upgrade' }),
  );
  expect(Changes.length).toBeGreaterThan(0);
  const dataLost = Changes.filter(({ ResourceChange }) => ResourceChange !== undefined && losesData(ResourceChange));
  expect(dataLost).toEqual([]);

  const before = readOutputs(outputsPath, stackName);
  await deploy(cdk, current, outputsPath);
  const after = readOutputs(outputsPath, stackName);
  expect(after).toEqual(before);
  const duringUpgrade = await relay.accept('{"during":"the outage"}');
  await relay.answer({ status: 200 });
  for (const eventId of [...eventIds, duringUpgrade]) {
    await eventually(
      `the delivery of ${eventId}`,
      () => so(relay.deliveriesOf(eventId).then((seen) => seen.some(({ status }) => status === 200))),
      240_000,
    );
  }
  expect(await relay.deadLetters()).toBe(0);

  await expect(deploy(cdk, await brokenAssembly(), path('broken.json'))).rejects.toThrow(/NobodyCanMakeThis|ROLLBACK/);
  await eventually('the rollback', () => so(stackStatus().then((status) => status === 'UPDATE_ROLLBACK_COMPLETE')));
  const afterRollback = await relay.accept('{"after":"the rollback"}');
  await eventually(
    'the delivery',
    () => so(relay.deliveriesOf(afterRollback).then(({ length }) => length === 1)),
    120_000,
  );

  await destroy(cdk, current);
  const data = retainedData(after);
  await data.demandAll();
  await data.deleteAll();
}, 600_000);
