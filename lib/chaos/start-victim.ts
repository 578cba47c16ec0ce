import { S3Client } from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { s3ParkedObjects } from '../../lambdas/adapters/s3-parked-objects.ts';
import { deliveryKey } from '../../lambdas/contract/delivery-record.ts';
import { spillPrefix } from '../../lambdas/contract/parked-message.ts';
import { parseRelayConfig, type RelayConfig } from '../infra/relay-config.ts';
import { localClientSettings } from '../local/local-client.ts';
import type { Outages } from '../local/outages.ts';
import type { ReadyRoute } from '../local/ready-message.ts';
import { type LocalRelayOptions, startLocalRelay } from '../local/run-local.ts';
import { signRequest } from '../local/sign-request.ts';
import { createTeardown, type Teardown } from '../local/teardown.ts';
import { connectRelay } from '../operator/connection/connect-relay.ts';
import { locateLocalRelay } from '../operator/connection/locate-local-relay.ts';
import { findDeadLetters } from '../operator/dead-letters/find-dead-letters.ts';
import type { RunEvidence } from './account-for-run.ts';
import type { CompressedTime } from './compress-time.ts';

const routeName = 'open-messaging';

/** Processors at work at one time. A machine of two cores gains nothing from more. */
export const maxConcurrency = 5;

export interface VictimOptions extends Required<Pick<LocalRelayOptions, 'faults' | 'onBatch' | 'onStep' | 'onOutput'>> {
  readonly time: CompressedTime;
  readonly deliverTo: string;
  readonly signal: AbortSignal;
}

/** The relay that has to withstand it all. */
export interface Victim {
  readonly ingestUrl: string;
  readonly headersFor: (body: Uint8Array) => Readonly<Record<string, string>>;
  readonly outages: Outages;
  /** Messages on the queue, in whatever state, and webhooks that are spilled. */
  backlog(): Promise<number>;
  /** What the operator would be shown. */
  deadLetters(): Promise<RunEvidence['deadLetters']>;
  /** What the delivery records say of events, for those that have one. */
  statusOf(eventIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  stop(): Promise<void>;
}

/** @throws as {@link startLocalRelay} does */
export async function startVictim(options: VictimOptions): Promise<Victim> {
  const teardown = createTeardown();
  try {
    return { ...(await start(options, teardown)), stop: teardown.run };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(
  { time, deliverTo, signal, ...listeners }: VictimOptions,
  teardown: Teardown,
): Promise<Omit<Victim, 'stop'>> {
  const relay = await startLocalRelay({
    config: configFor(time),
    deliverTo,
    ...listeners,
    scheduleEveryMs: time.tickMs,
    variables: { BREAKER: JSON.stringify(time.breaker), LEASE_SECONDS: String(time.leaseSeconds) },
    signal,
  });
  teardown.defer(relay.stop);
  const { ready } = relay;
  const route = readyRoute(ready.routes);
  const operator = connectRelay(await locateLocalRelay(new URL(route.ingestUrl).origin));
  teardown.defer(async () => operator.close());
  const s3 = new S3Client({ ...localClientSettings(ready.endpoints.s3), forcePathStyle: true });
  teardown.defer(async () => s3.destroy());
  const spilled = s3ParkedObjects(ready.payloadBucketName, s3);
  await setVisibilityTimeout(time, ready.endpoints.sqs, route.queueUrl);

  return {
    ingestUrl: route.ingestUrl,
    headersFor: (body) => signRequest({ kind: 'open-messaging' }, route.secret, body),
    outages: relay.outages,
    backlog: async () => {
      // In the order in which a webhook is swept, or one could be missed that is on its way.
      const { length } = await spilled.list(spillPrefix);
      const { visible, hidden } = await operator.queues.depthOf(route.queueUrl);
      return length + visible + hidden;
    },
    deadLetters: async () => {
      const { deadLetters } = await findDeadLetters({ ids: [] }, { relay: operator, now: Date.now, signal });
      return deadLetters.map(({ eventId, messageId, cause }) => ({ eventId: eventId ?? messageId, cause }));
    },
    statusOf: async (eventIds) => {
      const states = await operator.readDeliveryStates(eventIds.map((id) => deliveryKey(routeName, id)));
      return new Map(
        eventIds.flatMap((id) => {
          const state = states.get(deliveryKey(routeName, id));
          return state === undefined ? [] : [[id, `${state.status}, ${state.attempts} attempts`] as const];
        }),
      );
    },
  };
}

function configFor(time: CompressedTime): RelayConfig {
  const deliverTo = {
    url: 'https://the-local-run-replaces.example',
    timeoutSeconds: time.deliveryTimeoutSeconds,
    maxConcurrency,
  };
  const route = { verify: { kind: 'open-messaging' }, deliverTo, retry: time.retry };
  return parseRelayConfig({ stackName: 'RelayChaos', routes: { [routeName]: route } }, 'chaos');
}

/** What a killed processor had in its hands comes back after that. */
async function setVisibilityTimeout(time: CompressedTime, endpoint: string, queueUrl: string): Promise<void> {
  const sqs = new SQSClient(localClientSettings(endpoint));
  try {
    const Attributes = { VisibilityTimeout: String(time.visibilityTimeoutSeconds) };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes }));
  } finally {
    sqs.destroy();
  }
}

function readyRoute(routes: Readonly<Record<string, ReadyRoute>>): ReadyRoute {
  const route = routes[routeName];
  if (route === undefined) throw new Error(`the local run has no route ${routeName}`);
  return route;
}
