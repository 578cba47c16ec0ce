import type { QueueDepth } from '../../../lambdas/contract/ports.ts';

/**
 * A message attribute as SQS gave it. Unlike the contract's it can be of any type: a redrive must not lose what
 * somebody else's client added to a message.
 */
export interface CarriedAttribute {
  /** `String`, `Number` or `Binary`, with an optional label after a dot. */
  readonly type: string;
  readonly value: string | Uint8Array;
}

export type CarriedAttributes = Readonly<Record<string, CarriedAttribute>>;

/** A message in our hands until its visibility timeout ends. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** When it was sent to this queue; SQS's own redrive keeps the time it was sent to the first queue. Epoch ms. */
  readonly sentAtMs: number;
  readonly body: string;
  readonly attributes: CarriedAttributes;
  /** X-Ray's, of the request that it came in with; undefined for a relay without `tracing`. */
  readonly traceHeader?: string | undefined;
}

/** What the operator does with SQS queues. Everything rejects with an {@link OperatorError} that names the queue. */
export interface MessageQueues {
  /** Up to 10 messages, hidden from everybody else for `visibilitySeconds`; waits for them up to `waitSeconds`. */
  receive(queueUrl: string, wait: ReceiveTimes): Promise<readonly ReceivedMessage[]>;
  /** Makes received messages visible again at once. A handle that has run out is passed over: its message is visible. */
  giveBack(queueUrl: string, receiptHandles: readonly string[]): Promise<void>;
  /** Resolves only once the message is stored, with its id. */
  send(queueUrl: string, message: Pick<ReceivedMessage, 'body' | 'attributes' | 'traceHeader'>): Promise<string>;
  delete(queueUrl: string, receiptHandle: string): Promise<void>;
  depthOf(queueUrl: string): Promise<QueueDepth>;
}

export interface ReceiveTimes {
  readonly visibilitySeconds: number;
  /** 0 to 20. Above 0 SQS asks all its servers, so that an empty answer means more. */
  readonly waitSeconds: number;
}
