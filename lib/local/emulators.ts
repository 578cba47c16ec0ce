import type { IncomingHttpHeaders } from 'node:http';
import { emulateCloudWatch, type MetricStore } from './emulate-cloudwatch.ts';
import { emulateDynamodb, type Tables } from './emulate-dynamodb.ts';
import { emulateLambda, type LambdaApi } from './emulate-lambda.ts';
import { emulateSecretsManager, type Secrets } from './emulate-secrets-manager.ts';
import { emulateSqsAndS3, type NativeRedrive, type QueuesAndBuckets } from './emulate-sqs-and-s3.ts';
import { createOutageGate, type Outages } from './outages.ts';
import type { StoresPlan } from './plan-stores.ts';
import { publishQueueDepths } from './publish-queue-depths.ts';
import type { Teardown } from './teardown.ts';

/** The services that the relay's functions talk to. */
export interface Emulators {
  readonly queuesAndBuckets: QueuesAndBuckets;
  readonly tables: Tables;
  readonly secrets: Secrets;
  readonly lambda: LambdaApi;
  readonly metrics: MetricStore;
  readonly outages: Outages;
}

/** @param teardown gets a step for each emulator as soon as it runs */
export async function startEmulators(
  teardown: Teardown,
  onNativeRedrive: (redrive: NativeRedrive) => void,
): Promise<Emulators> {
  const gate = createOutageGate();
  const queuesAndBuckets = await emulateSqsAndS3(onNativeRedrive, (server) =>
    gate.guard(server, ({ headers }) => (isSqsCall(headers) ? 'sqs' : 's3')),
  );
  teardown.defer(queuesAndBuckets.close);
  const tables = await emulateDynamodb((server) => gate.guard(server, () => 'dynamodb'));
  teardown.defer(tables.close);
  const secrets = await emulateSecretsManager();
  teardown.defer(secrets.close);
  const lambda = await emulateLambda();
  teardown.defer(lambda.close);
  const metrics = await emulateCloudWatch();
  teardown.defer(metrics.close);
  teardown.defer(publishQueueDepths(queuesAndBuckets, metrics).stop);
  return { queuesAndBuckets, tables, secrets, lambda, metrics, outages: gate };
}

/** The two services share a port, and every call of SQS names its action in a header. */
function isSqsCall(headers: IncomingHttpHeaders): boolean {
  return String(headers['x-amz-target']).startsWith('AmazonSQS.');
}

export async function createStores(plan: StoresPlan, emulators: Emulators): Promise<void> {
  for (const queue of plan.queues) emulators.queuesAndBuckets.createQueue(queue);
  for (const bucket of plan.buckets) emulators.queuesAndBuckets.createBucket(bucket);
  for (const secret of plan.secrets) emulators.secrets.createSecret(secret);
  await Promise.all(plan.tables.map((table) => emulators.tables.createTable(table)));
}
