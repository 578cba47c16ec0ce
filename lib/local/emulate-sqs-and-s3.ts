import type { Server } from 'node:http';
import { buildApp } from 'fauxqs';
import { isSqsSafe } from '../../lambdas/contract/message-attributes.ts';
// fauxqs publishes only `startFauxqs`, which listens on every network interface whatever its `host` says, and offers no
// subscription to what happens in a queue. Its parts do better; its version is pinned exactly, so they stay as they are.
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js';
import { MessageSpy, type SpyMessage, type SqsSpyMessage } from '../../node_modules/fauxqs/dist/spy.js';
import { type SqsQueue, SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { INVALID_MESSAGE_BODY_CHAR } from '../../node_modules/fauxqs/dist/sqs/sqsTypes.js';
import { loopback } from './loopback-server.ts';
import { localRegion } from './name-resources.ts';
import type { QueuePlan } from './plan-stores.ts';

/** A message that SQS moved to a dead letter queue by itself. */
export interface NativeRedrive {
  /** The queue it came from. */
  readonly queueName: string;
  readonly messageId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** How full a queue is. */
export interface QueueFill {
  readonly queueName: string;
  /** Messages that could be received now. */
  readonly visible: number;
  /** Messages that somebody has, or that are hidden until later. */
  readonly inFlight: number;
  /** When the oldest of all of them was sent; undefined for an empty queue. */
  readonly oldestSentAtMs: number | undefined;
}

/** SQS and S3 in this process, in memory. */
export interface QueuesAndBuckets {
  /** Endpoint of both services. */
  readonly url: string;
  createQueue(plan: QueuePlan): void;
  createBucket(name: string): void;
  /**
   * Answers every long poll of a queue at once, with the messages there are, if any. A client that broke its request
   * off instead would lose some: fauxqs does not notice, and hands the next ones to a connection that is gone.
   */
  answerLongPolls(queueUrl: string): void;
  depths(): readonly QueueFill[];
  close(): Promise<void>;
}

/**
 * @param onNativeRedrive called for each message that exceeded its queue's `maxReceiveCount`
 * @param guard gets the server before it listens
 */
export async function emulateSqsAndS3(
  onNativeRedrive: (redrive: NativeRedrive) => void,
  guard: (server: Server) => void = () => {},
): Promise<QueuesAndBuckets> {
  acceptAstralCharacters();
  const sqsStore = new SqsStore();
  const s3Store = new S3Store();
  sqsStore.spy = new RedriveSpy(onNativeRedrive);
  const app = buildApp({
    logger: false,
    defaultRegion: localRegion,
    stores: { sqsStore, s3Store, snsStore: new SnsStore() },
  });
  guard(app.server);
  return {
    url: await app.listen({ host: loopback, port: 0 }),
    createQueue: ({ name, url, arn, attributes }) => {
      sqsStore.createQueue(name, url, arn, { ...attributes });
    },
    createBucket: (name) => s3Store.createBucket(name),
    answerLongPolls: (queueUrl) => sqsStore.getQueue(queueUrl)?.cancelWaiters(),
    depths: () => Array.from(sqsStore.allQueues(), fillOf),
    close: () => app.close(),
  };
}

/**
 * fauxqs 2.4.1 refuses every body with a character beyond U+FFFF, such as an emoji: its pattern lacks the `u` flag and
 * sees the halves of a surrogate pair. SQS takes them.
 */
function acceptAstralCharacters(): void {
  INVALID_MESSAGE_BODY_CHAR.test = (body) => !isSqsSafe(body);
}

function fillOf(queue: SqsQueue): QueueFill {
  queue.processTimers();
  const { ready, delayed, inflight } = queue.inspectMessages();
  const hidden = [...delayed, ...inflight.map(({ message }) => message)];
  let oldestSentAtMs: number | undefined;
  for (const { sentTimestamp } of [...ready, ...hidden]) {
    oldestSentAtMs = Math.min(oldestSentAtMs ?? sentTimestamp, sentTimestamp);
  }
  return { queueName: queue.name, visible: ready.length, inFlight: hidden.length, oldestSentAtMs };
}

/** Keeps nothing: the bodies of a long run would fill the memory. */
class RedriveSpy extends MessageSpy {
  private readonly onNativeRedrive: (redrive: NativeRedrive) => void;

  constructor(onNativeRedrive: (redrive: NativeRedrive) => void) {
    super({ bufferSize: 0 });
    this.onNativeRedrive = onNativeRedrive;
  }

  override addMessage(message: SpyMessage): void {
    if (message.service === 'sqs' && message.status === 'dlq') this.onNativeRedrive(nativeRedrive(message));
  }
}

function nativeRedrive({ queueName, messageId, messageAttributes }: SqsSpyMessage): NativeRedrive {
  const attributes: Record<string, string> = {};
  for (const [name, { StringValue }] of Object.entries(messageAttributes)) {
    if (StringValue !== undefined) attributes[name] = StringValue;
  }
  return { queueName, messageId, attributes };
}
