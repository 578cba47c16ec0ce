import type { BreakerPorts } from '../../lambdas/breaker/breaker-ports.ts';
import { lookAfterRoute } from '../../lambdas/breaker/look-after-route.ts';
import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { attributeNames, deadLetterAttributeNames, number } from '../../lambdas/contract/message-attributes.ts';
import { eventIdOf } from '../../lambdas/contract/message-event-id.ts';
import type {
  DeliveryRecords,
  DeliveryRequest,
  DestinationAnswer,
  ParkedObjects,
  QueueMessage,
  Random,
} from '../../lambdas/contract/ports.ts';
import type { RetrySettings } from '../../lambdas/contract/retry-settings.ts';
import type { Step } from '../../lambdas/contract/step-log.ts';
import { acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import { processBatch } from '../../lambdas/processor/process-batch.ts';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { routeBreaker } from '../../lambdas/processor/route-breaker.ts';
import { tryEvent } from '../../lambdas/processor/try-event.ts';
import { sweepSpill } from '../../lambdas/sweeper/sweep-spill.ts';
import { breakerSettings, queueRetentionSeconds, routeTimings } from '../../lib/infra/timings.ts';
import { type MemoryBreakerStates, memoryBreakerStates } from './memory-breaker-states.ts';
import { type MemoryDeliveryRecords, memoryDeliveryRecords } from './memory-delivery-records.ts';
import { memoryParkedObjects } from './memory-parked-objects.ts';
import { memoryPayloadStore } from './memory-payload-store.ts';
import { type FatalMoment, type MortalProcess, mortalProcess } from './mortal-process.ts';
import { simulatedMapping } from './simulated-mapping.ts';
import { type SimulatedQueue, simulatedQueue } from './simulated-sqs.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

export const simulatedRoute = 'data-action';

/** How a destination answers a request, and after how long. */
export type SimulatedDestination = (
  eventId: string,
  nowMs: number,
) => { readonly answer: DestinationAnswer; readonly afterMs: number };

export interface SimulatedRelayOptions {
  readonly destination: SimulatedDestination;
  readonly retry?: RetrySettings;
  readonly maxConcurrency?: number;
  readonly random?: Random;
  /** Where a process dies. Default: nowhere. */
  readonly diesAt?: (moment: FatalMoment) => boolean;
}

/** A POST that the destination received. */
export interface SimulatedPost {
  readonly eventId: string;
  readonly attempt: number;
  readonly startedAtMs: number;
  endedAtMs: number;
  status: number | undefined;
  /** Something has happened since that makes another POST of the event legitimate: a crash, or an outcome not written. */
  excused: boolean;
}

export type SimulatedService = 'queue' | 'records' | 'bucket';

/**
 * The whole relay on one machine's memory, in virtual time: the real cores of all functions, with their ports on
 * simulated services. Durations are those of a deployed stack.
 */
export interface SimulatedRelay {
  readonly time: VirtualTime;
  readonly queue: SimulatedQueue;
  readonly deadLetters: QueueMessage[];
  readonly records: MemoryDeliveryRecords;
  readonly breakers: MemoryBreakerStates;
  /** Webhooks that wait in the bucket. */
  spilled(): number;
  readonly posts: SimulatedPost[];
  readonly steps: Step[];
  /** Events that were answered 200. */
  readonly accepted: Set<string>;
  /** What must never happen, in words. */
  readonly violations: string[];
  /** POSTs that were under way at the same time, at most. */
  readonly highestConcurrency: number;
  /** The highest `MaximumConcurrency` that the mapping was given. */
  readonly highestMappingConcurrency: number;
  /** Invocations that died. */
  readonly crashes: number;
  /** The services that cannot be used just now. */
  readonly down: Set<SimulatedService>;
  /** A webhook comes in. Resolves with whether it was accepted. */
  accept(eventId: string): Promise<boolean>;
  /** What `relay dlq redrive` does to all dead letters. */
  redrive(): void;
}

export function simulatedRelay(options: SimulatedRelayOptions): SimulatedRelay {
  const { retry = { maxAttempts: 10, baseSeconds: 5, capSeconds: 21_600 }, maxConcurrency = 10 } = options;
  const { random = () => 0.5, diesAt = () => false } = options;
  const timings = routeTimings({ timeoutSeconds: 10, retry, dedupeDays: 30 });
  const time = virtualTime();
  const { now } = time;
  const deadLetters: QueueMessage[] = [];
  const records = memoryDeliveryRecords(simulatedRoute);
  const breakers = memoryBreakerStates();
  const parked = memoryParkedObjects();
  const payloads = memoryPayloadStore();
  const down = new Set<SimulatedService>();
  const posts: SimulatedPost[] = [];
  const steps: Step[] = [];
  const accepted = new Set<string>();
  const violations: string[] = [];
  const log = (step: Step) => steps.push(step);
  let ids = 0;
  const newId = () => `id-${++ids}`;
  let underWay = 0;
  let highestConcurrency = 0;
  let crashes = 0;

  const queue = simulatedQueue({
    now,
    visibilityTimeoutMs: timings.visibilityTimeoutSeconds * 1_000,
    retentionMs: queueRetentionSeconds * 1_000,
    maxReceiveCount: timings.maxReceiveCount,
    onNativeRedrive: (message) => deadLetters.push(message),
    onExpired: (message) => violations.push(`${eventIdOf(message)} grew too old on the queue and is lost`),
  });

  /** A call to a service, which fails while that is down. */
  const via =
    <Args extends readonly unknown[], Result>(service: SimulatedService, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (down.has(service)) throw new ServiceUnavailableError(`the ${service} is down`);
      return call(...args);
    };

  const send = via('queue', async (message: QueueMessage, delaySeconds: number) => {
    queue.send(message, delaySeconds);
    mapping.pump();
  });

  const postsOf = new Map<string, SimulatedPost[]>();
  const excuse = (eventId: string) => {
    for (const post of postsOf.get(eventId) ?? []) post.excused = true;
  };

  function mortalRecords({ mortal }: MortalProcess): DeliveryRecords {
    const { claim, recordDelivered, handBack, recordRetry, recordFailed } = records;
    const write = <Args extends readonly [{ readonly eventId: string }, ...unknown[]], Result>(
      call: string,
      effect: (...args: Args) => Promise<Result>,
    ) => {
      const viaRecords = via('records', effect);
      return mortal(call, async (...args: Args) => {
        try {
          return await viaRecords(...args);
        } catch (error) {
          excuse(args[0].eventId);
          throw error;
        }
      });
    };
    return {
      claim: mortal('claim', via('records', claim)),
      recordDelivered: write('recordDelivered', recordDelivered),
      handBack: write('handBack', handBack),
      recordRetry: write('recordRetry', recordRetry),
      recordFailed: write('recordFailed', recordFailed),
    };
  }

  function mortalParked({ mortal }: MortalProcess): ParkedObjects {
    return {
      put: mortal('park', via('bucket', parked.put)),
      get: mortal('readParked', via('bucket', parked.get)),
      delete: mortal('deleteParked', via('bucket', parked.delete)),
      list: mortal('listParked', via('bucket', parked.list)),
    };
  }

  function mortalStates({ mortal }: MortalProcess) {
    return {
      read: mortal('readBreaker', via('records', breakers.read)),
      replace: mortal('replaceBreaker', via('records', breakers.replace)),
    };
  }

  async function post(request: DeliveryRequest): Promise<DestinationAnswer> {
    const eventId = request.headers['webhook-id'] ?? '';
    const earlier = (postsOf.get(eventId) ?? []).filter(({ excused }) => !excused);
    const running = earlier.some(({ endedAtMs }) => endedAtMs > now());
    if (running) violations.push(`${eventId} was posted while another POST of it was under way`);
    if (earlier.some(({ status = 0 }) => status >= 200 && status < 300)) {
      violations.push(`${eventId} was posted again although it was delivered`);
    }
    const started: SimulatedPost = {
      eventId,
      attempt: Number(request.headers['x-relay-attempt']),
      startedAtMs: now(),
      endedAtMs: Number.POSITIVE_INFINITY,
      status: undefined,
      excused: false,
    };
    posts.push(started);
    postsOf.set(eventId, [...(postsOf.get(eventId) ?? []), started]);
    underWay += 1;
    highestConcurrency = Math.max(highestConcurrency, underWay);
    const { answer, afterMs } = options.destination(eventId, now());
    await time.sleep(Math.min(afterMs, request.timeoutMs));
    underWay -= 1;
    started.endedAtMs = now();
    if (afterMs > request.timeoutMs) return { kind: 'timed-out', afterMs: request.timeoutMs };
    started.status = answer.kind === 'answered' ? answer.status : undefined;
    return answer;
  }

  function processorContext(process: MortalProcess, breaker: ProcessorContext['breaker']): ProcessorContext {
    const { mortal } = process;
    return {
      settings: {
        route: simulatedRoute,
        headers: {},
        timeoutMs: timings.deliveryTimeoutSeconds * 1_000,
        retry,
        leaseMs: timings.leaseSeconds * 1_000,
        queueRetentionMs: queueRetentionSeconds * 1_000,
        dedupeSeconds: timings.dedupeSeconds,
        renewAfterReceives: timings.renewAfterReceives,
        pausedHideSeconds: breakerSettings.pausedHideSeconds,
        trialHideSeconds: breakerSettings.trialHideSeconds,
      },
      records: mortalRecords(process),
      payloads: { ...payloads, get: mortal('load', via('bucket', payloads.get)) },
      credentials: async () => ({ signingKeys: [], headers: {} }),
      post: mortal('post', post),
      sendToDeadLetters: mortal(
        'sendToDeadLetters',
        via('queue', async (message) => {
          deadLetters.push(message);
        }),
      ),
      sendAgain: mortal('sendAgain', send),
      breaker,
      sleep: mortal('sleep', time.sleep),
      now,
      random,
      newId,
      log,
    };
  }

  /** What stays in the memory of a processor from one batch to the next. */
  interface Environment {
    process: MortalProcess;
    readonly breaker: ProcessorContext['breaker'];
  }
  const idle: Environment[] = [];

  function environment(process: MortalProcess): Environment {
    const warm = idle.pop();
    if (warm !== undefined) {
      warm.process = process;
      return warm;
    }
    const cold: Environment = { process, breaker: processorBreaker(() => cold.process) };
    return cold;
  }

  function processorBreaker(current: () => MortalProcess) {
    return routeBreaker({
      route: simulatedRoute,
      settings: breakerSettings,
      maxConcurrency,
      queueRetentionMs: queueRetentionSeconds * 1_000,
      states: {
        read: (route) => mortalStates(current()).read(route),
        replace: (route, next) => mortalStates(current()).replace(route, next),
      },
      parked: {
        put: (key, text) => mortalParked(current()).put(key, text),
        delete: (key) => mortalParked(current()).delete(key),
      },
      now,
      newId,
      log,
    });
  }

  /** Runs a function, which dies where it is told to, or at its timeout. */
  async function invoke<Result>(
    name: string,
    timeoutMs: number,
    messages: readonly QueueMessage[],
    work: (process: MortalProcess) => Promise<Result>,
  ): Promise<Result | 'crashed'> {
    const process = mortalProcess(name, diesAt);
    let over = false;
    time.at(now() + timeoutMs, () => {
      if (!over) process.kill();
    });
    const result = await process.run(() => work(process));
    over = true;
    if (result === 'crashed') {
      crashes += 1;
      for (const message of messages) excuse(eventIdOf(message));
    }
    return result;
  }

  const functionTimeoutMs = timings.functionTimeoutSeconds * 1_000;

  async function handleBatch(messages: readonly ReceivedMessage[]): Promise<void> {
    await invoke('processor', functionTimeoutMs, messages, async (process) => {
      const endsAtMs = now() + functionTimeoutMs;
      const home = environment(process);
      const context = processorContext(process, home.breaker);
      const batch = {
        messages,
        invokedAtMs: now(),
        functionEndsAtMs: endsAtMs,
        functionEnding: time.sleep(functionTimeoutMs - 500),
      };
      const hide = process.mortal(
        'hide',
        via('queue', async (handle: string, seconds: number) => {
          queue.hide(handle, seconds);
          mapping.pump();
        }),
      );
      const kept = new Set(await processBatch(context, batch, hide));
      const acknowledge = process.mortal(
        'acknowledge',
        via('queue', async () => {
          for (const { messageId, receiptHandle } of messages) if (!kept.has(messageId)) remove(receiptHandle);
        }),
      );
      await acknowledge().catch(() => {});
      idle.push(home);
    });
  }

  /** The promise of the relay: what is taken off the queue is delivered, in the dead letter queue, or on it once more. */
  function remove(receiptHandle: string): void {
    const message = queue.delete(receiptHandle);
    if (message === undefined) return;
    const eventId = eventIdOf(message);
    const isOf = (other: QueueMessage) => eventIdOf(other) === eventId;
    const isSafe = records.read(eventId)?.status === 'delivered' || deadLetters.some(isOf) || queue.messages.some(isOf);
    if (!isSafe) violations.push(`${eventId} was acknowledged although it is not safe`);
  }

  const mapping = simulatedMapping({ time, queue, batchSize: largestBatch, maxConcurrency, handleBatch });

  function breakerPorts(process: MortalProcess): BreakerPorts {
    const { mortal } = process;
    return {
      settings: breakerSettings,
      queueRetentionMs: queueRetentionSeconds * 1_000,
      states: mortalStates(process),
      mappings: { read: mortal('readMapping', mapping.read), apply: mortal('applyMapping', mapping.apply) },
      parked: mortalParked(process),
      takeSome: mortal(
        'takeSome',
        via('queue', async (_url: string, most: number) =>
          queue.receive(most).map(({ messageId, receiptHandle, body, attributes }) => {
            queue.hide(receiptHandle, 30);
            return { messageId, receiptHandle, message: { body, attributes } };
          }),
        ),
      ),
      hideTaken: mortal(
        'hideTaken',
        via('queue', async (_url: string, handle: string, seconds: number) => {
          if (queue.isInHands(handle)) queue.hide(handle, seconds);
          mapping.pump();
        }),
      ),
      removeTaken: mortal(
        'removeTaken',
        via('queue', async (_url: string, handle: string) => remove(handle)),
      ),
      depthOf: mortal(
        'depthOf',
        via('queue', async () => {
          const visible = queue.visible();
          return { visible, hidden: queue.messages.length - visible };
        }),
      ),
      tryDestination: mortal('tryDestination', async (_name, request) => {
        const result = await invoke('trial', functionTimeoutMs, [request.trial.message], (trying) =>
          tryEvent(
            processorContext(
              trying,
              processorBreaker(() => trying),
            ),
            request,
            now() + functionTimeoutMs,
          ),
        );
        return result === 'crashed' ? { outcome: 'unknown', error: 'crashed' } : result;
      }),
      now,
      newId,
      log,
    };
  }

  const watched = {
    name: simulatedRoute,
    queueUrl: 'queue',
    mappingId: 'mapping',
    processorName: 'processor',
    maxConcurrency,
  };

  function tick(): void {
    time.at(now() + breakerSettings.tickSeconds * 1_000, tick);
    void invoke('breaker', 55_000, [], (process) => lookAfterRoute(watched, breakerPorts(process))).catch(() => {});
    void invoke('sweeper', 55_000, [], (process) =>
      sweepSpill(
        {
          queues: { [simulatedRoute]: 'queue' },
          parked: mortalParked(process),
          send: process.mortal('send', (_url: string, message: QueueMessage) => send(message, 0)),
          now,
          log,
        },
        { mostWebhooks: 1_000, endsAtMs: now() + 55_000 },
      ),
    );
  }
  time.at(now() + breakerSettings.tickSeconds * 1_000, tick);

  return {
    time,
    queue,
    deadLetters,
    records,
    breakers,
    spilled: () => [...parked.objects.keys()].filter((key) => key.startsWith('spill/')).length,
    posts,
    steps,
    accepted,
    violations,
    down,
    get highestConcurrency() {
      return highestConcurrency;
    },
    get highestMappingConcurrency() {
      return mapping.highestConcurrency;
    },
    get crashes() {
      return crashes;
    },

    async accept(eventId) {
      const request = {
        route: simulatedRoute,
        headers: { 'webhook-id': eventId },
        body: Buffer.from(JSON.stringify({ eventId })),
      };
      const answer = await invoke('ingest', 8_000, [], ({ mortal }) =>
        acceptWebhook(request, {
          routes: { [simulatedRoute]: { queueUrl: 'queue', verify: { kind: 'none' } } },
          inlineLimitBytes: 262_144,
          payloads: { ...payloads, put: mortal('offload', via('bucket', payloads.put)) },
          parked: { put: mortal('spill', via('bucket', parked.put)) },
          secrets: async () => [],
          send: mortal('send', (_url: string, message: QueueMessage) => send(message, 0)),
          now,
          newId,
          log,
        }),
      );
      const isAccepted = answer !== 'crashed' && answer.kind === 'stored';
      if (isAccepted) accepted.add(answer.eventId);
      return isAccepted;
    },

    redrive() {
      for (const message of deadLetters.splice(0)) {
        const kept = Object.entries(message.attributes).filter(([name]) => !deadLetterAttributeNames.includes(name));
        const attributes = { ...Object.fromEntries(kept), [attributeNames.redrivenAt]: number(now()) };
        queue.send({ body: message.body, attributes });
      }
      mapping.pump();
    },
  };
}
