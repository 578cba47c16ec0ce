import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRelayConfig, type RelayConfig, type RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { emulateDynamodb } from '../../lib/local/emulate-dynamodb.ts';
import { emulateSecretsManager } from '../../lib/local/emulate-secrets-manager.ts';
import { emulateSqsAndS3 } from '../../lib/local/emulate-sqs-and-s3.ts';
import type { FunctionPlan } from '../../lib/local/find-function.ts';
import { type EmulatorUrls, functionEnvironment } from '../../lib/local/function-environment.ts';
import type { FunctionSpec } from '../../lib/local/function-process.ts';
import { nameResources } from '../../lib/local/name-resources.ts';
import { type EventSourcePlan, planFunctions } from '../../lib/local/plan-functions.ts';
import { planStores, type QueuePlan } from '../../lib/local/plan-stores.ts';
import { readOutputs } from '../../lib/local/stack-outputs.ts';
import { synthesize } from '../../lib/local/synthesize.ts';
import { createTeardown } from '../../lib/local/teardown.ts';
import { readTemplate } from '../../lib/local/template.ts';
import { answerAfter } from './answer-after.ts';
import { type CallCounter, countCalls } from './count-calls.ts';

export interface BenchRoute {
  readonly name: string;
  readonly queue: QueuePlan;
  readonly source: EventSourcePlan;
  readonly processor: FunctionSpec;
  /** What its webhooks are signed with. */
  readonly secret: string;
}

/** The stack's template, bundles and stores, with nothing at work yet. */
export interface BenchRelay {
  readonly config: RelayConfig;
  readonly urls: EmulatorUrls;
  readonly ingest: FunctionSpec;
  readonly routes: readonly BenchRoute[];
  /** The functions that a schedule calls. */
  readonly scheduled: readonly FunctionSpec[];
  readonly payloadBucket: string;
  readonly deliveryTable: string;
  /** What was asked of the emulators, by whomever. */
  readonly calls: CallCounter;
  /** How long each service waits before it answers. At first: not at all. */
  delayAnswers(ms: number): void;
  /** Ends every long poll of a queue. */
  answerLongPolls(queueUrl: string): void;
  createTable(name: string, key: string): Promise<void>;
  stop(): Promise<void>;
}

/** A route's name by its number, from 0. */
export function benchRouteName(index: number): string {
  return `route-${index}`;
}

/**
 * The relay as `npm start` has it, emulators in this process, but for what calls its functions: that is measured.
 *
 * @param routes how many
 * @param deliverTo an http URL of this machine, for all of them
 */
export async function startBenchRelay(routes: number, deliverTo: string): Promise<BenchRelay> {
  const teardown = createTeardown();
  try {
    const config = parseRelayConfig(configOf(routes, deliverTo), 'bench');
    const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'));
    teardown.defer(() => rm(folder, { recursive: true, force: true }));
    const configPath = join(folder, 'relay.config.json');
    const assembly = join(folder, 'cdk.out');
    await writeFile(configPath, JSON.stringify(config));
    await synthesize(configPath, assembly, new AbortController().signal);

    const calls = countCalls();
    let delayMs = 0;
    const guard = (server: Server) => {
      answerAfter(server, () => delayMs);
      calls.watch(server);
    };
    const queues = await emulateSqsAndS3(() => {}, guard);
    teardown.defer(queues.close);
    const tables = await emulateDynamodb(guard);
    teardown.defer(tables.close);
    const secrets = await emulateSecretsManager(guard);
    teardown.defer(secrets.close);
    const urls = {
      sqs: queues.url,
      s3: queues.url,
      dynamodb: tables.url,
      secretsManager: secrets.url,
      lambda: queues.url,
    };

    const template = await readTemplate(assembly, config.stackName);
    const named = { template, scope: nameResources(template, { front: 'http://127.0.0.1', sqs: queues.url }) };
    const stores = planStores(named);
    for (const queue of stores.queues) queues.createQueue(queue);
    for (const bucket of stores.buckets) queues.createBucket(bucket);
    for (const secret of stores.secrets) secrets.createSecret(secret);
    for (const table of stores.tables) await tables.createTable(table);

    const plan = planFunctions(named, assembly);
    const outputs = readOutputs(named);
    const specOf = (planned: FunctionPlan) => ({ ...planned, environment: functionEnvironment(planned, urls, {}) });
    return {
      config,
      urls,
      ingest: specOf(found(plan.httpRoutes[0], 'HTTP route').function),
      routes: Object.entries(outputs.routes).map(([name, { queueUrl, secretArn = '' }]) => {
        const queue = found(
          stores.queues.find(({ url }) => url === queueUrl),
          `queue ${queueUrl}`,
        );
        const source = found(
          plan.eventSources.find(({ queueArn }) => queueArn === queue.arn),
          `source of ${queueUrl}`,
        );
        return { name, queue, source, processor: specOf(source.function), secret: secrets.valueOf(secretArn) ?? '' };
      }),
      scheduled: plan.schedules.map((schedule) => specOf(schedule.function)),
      payloadBucket: outputs.payloadBucketName,
      deliveryTable: outputs.deliveryTableName,
      calls,
      delayAnswers: (ms) => {
        delayMs = ms;
      },
      answerLongPolls: queues.answerLongPolls,
      createTable: (name, key) =>
        tables.createTable({
          name,
          KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      stop: teardown.run,
    };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

function configOf(routes: number, url: string): RelayConfigInput {
  const route: RelayConfigInput['routes'][string] = {
    verify: { kind: 'open-messaging' },
    deliverTo: { url, allowPrivateNetwork: true },
  };
  return { routes: Object.fromEntries(Array.from({ length: routes }, (_, index) => [benchRouteName(index), route])) };
}

function found<Thing>(thing: Thing | undefined, what: string): Thing {
  if (thing === undefined) throw new Error(`the stack has no ${what}`);
  return thing;
}
