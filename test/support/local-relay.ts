import { S3Client } from '@aws-sdk/client-s3';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { parseRelayConfig, type RelayConfigInput } from '../../lib/infra/relay-config.ts';
import type { LiveStep } from '../../lib/local/live-step.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import type { MetricDocument } from '../../lib/local/metric-line.ts';
import type { Outages } from '../../lib/local/outages.ts';
import type { ReadyMessage, ReadyRoute } from '../../lib/local/ready-message.ts';
import { startLocalRelay } from '../../lib/local/run-local.ts';
import { watchFor } from '../../lib/local/sightings.ts';
import { signRequest } from '../../lib/local/sign-request.ts';
import { type ScriptedDestination, startScriptedDestination } from './scripted-endpoint.ts';

export interface TestRelayOptions {
  /** As in a relay.config.ts; destinations are filled in. */
  readonly routes: Readonly<Record<string, TestRoute>>;
  readonly config?: Omit<RelayConfigInput, 'routes'>;
  /** Environment variables for the functions. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How often the scheduled functions run. Default: as deployed; {@link TestRelay.tick} runs them out of turn. */
  readonly scheduleEveryMs?: number;
}

type InputRoute = RelayConfigInput['routes'][string];

export interface TestRoute extends Omit<InputRoute, 'deliverTo'> {
  readonly deliverTo?: Omit<InputRoute['deliverTo'], 'url'>;
}

/** How a request is signed: rightly, not at all, or with headers of one's own. */
export type Signing = boolean | Readonly<Record<string, string>>;

/** A relay on this machine with a destination that does as it is told. */
export interface TestRelay {
  readonly ready: ReadyMessage;
  readonly destination: ScriptedDestination;
  readonly steps: readonly LiveStep[];
  /** What the functions published as metrics. */
  readonly metrics: readonly MetricDocument[];
  /** What the functions wrote beside their steps and metrics. */
  readonly output: readonly string[];
  /** The first such step, among those seen already or still to come. */
  waitForStep(fits: (step: LiveStep) => boolean, deadlineMs?: number): Promise<LiveStep>;
  post(route: string, bytes: Uint8Array | string, options?: PostOptions): Promise<Response>;
  /**
   * A signed webhook, sent again while the answer is 503, as Genesys does: of many cold functions that start at once on
   * few cores, one may not get its secret in time.
   */
  postUntilTaken(route: string, bytes: Uint8Array | string): Promise<Response>;
  route(name: string): ReadyRoute;
  /** Clients of the run's emulators, to look behind the relay or go round it. */
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  /** Makes services fail for the functions, but not for the clients above. */
  readonly outages: Outages;
  /** Runs every scheduled function, and resolves when all are done. */
  tick(): Promise<void>;
  /**
   * Kills the processor whenever it has a batch that fits, and brings its messages back at once instead of after their
   * visibility timeout, which is minutes.
   */
  crashOn(fits: (event: SQSEvent) => boolean): void;
  stop(): Promise<void>;
}

export interface PostOptions {
  /** Default: true. */
  readonly signed?: Signing;
  /** Default: application/json. */
  readonly contentType?: string;
}

/** Takes some seconds: once for a file, in `beforeAll`, and stopped in `afterAll`. */
export async function startTestRelay(options: TestRelayOptions): Promise<TestRelay> {
  const destination = await startScriptedDestination();
  const steps = watchFor<LiveStep>('step');
  const metrics: MetricDocument[] = [];
  const output: string[] = [];
  let crashes: (event: SQSEvent) => boolean = () => false;
  const config = parseRelayConfig(
    {
      ...options.config,
      routes: Object.fromEntries(
        Object.entries(options.routes).map(([name, route]) => [
          name,
          { ...route, deliverTo: { ...route.deliverTo, url: destination.url, allowPrivateNetwork: true } },
        ]),
      ),
    },
    'test config',
  );
  const relay = await startLocalRelay({
    config,
    deliverTo: destination.url,
    onStep: steps.add,
    onMetrics: (document) => metrics.push(document),
    onOutput: (line) => output.push(line),
    variables: options.variables ?? {},
    ...(options.scheduleEveryMs === undefined ? {} : { scheduleEveryMs: options.scheduleEveryMs }),
    faults: {
      killProcessor: (event) => {
        const crashing = crashes(event);
        if (crashing) bringBack(event);
        return crashing;
      },
    },
  }).catch(async (error: unknown) => {
    await destination.close();
    throw error;
  });
  const sqs = new SQSClient(localClientSettings(relay.ready.endpoints.sqs));
  const s3 = new S3Client(localClientSettings(relay.ready.endpoints.s3));

  /** The process dies as soon as this has been asked for, and no later receive can come before. */
  function bringBack(event: SQSEvent): void {
    for (const { receiptHandle, eventSourceARN } of event.Records) {
      const queueName = eventSourceARN.split(':').at(-1);
      const QueueUrl = Object.values(relay.ready.routes).find(({ queueUrl }) =>
        queueUrl.endsWith(`/${queueName}`),
      )?.queueUrl;
      sqs
        .send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }))
        .catch((error: unknown) => output.push(`not brought back: ${String(error)}`));
    }
  }

  function route(name: string): ReadyRoute {
    const found = relay.ready.routes[name];
    if (found === undefined) throw new Error(`the test relay has no route ${name}`);
    return found;
  }

  async function post(name: string, bytes: Uint8Array | string, options: PostOptions = {}): Promise<Response> {
    const { signed = true, contentType = 'application/json' } = options;
    const body = Buffer.from(bytes);
    const { ingestUrl, secret } = route(name);
    const verify = config.routes[name]?.verify ?? { kind: 'none', acceptUnsigned: true };
    const signature = signed === true ? signRequest(verify, secret, body) : signed === false ? {} : signed;
    return fetch(ingestUrl, { method: 'POST', body, headers: { 'content-type': contentType, ...signature } });
  }

  async function postUntilTaken(name: string, bytes: Uint8Array | string): Promise<Response> {
    const answer = await post(name, bytes);
    return answer.status === 503 ? postUntilTaken(name, bytes) : answer;
  }

  return {
    ready: relay.ready,
    destination,
    steps: steps.all,
    metrics,
    output,
    waitForStep: steps.waitFor,
    route,
    sqs,
    s3,
    outages: relay.outages,
    tick: relay.tick,
    post,
    postUntilTaken,
    crashOn: (fits) => {
      crashes = fits;
    },
    stop: async () => {
      sqs.destroy();
      s3.destroy();
      await relay.stop();
      await destination.close();
    },
  };
}
