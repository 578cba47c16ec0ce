/** A message in our hands until its visibility timeout ends. */
export interface PeekedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** When it was sent; SQS's own redrive keeps the time at which it was sent to the first queue. Epoch ms. */
  readonly sentAtMs: number;
}

export interface PeekTimes {
  /** How long a message stays hidden that is not given back. */
  readonly hiddenSeconds: number;
  /** 0 or 1. Above 0 SQS asks all its servers, so that an empty answer means more. */
  readonly waitSeconds: number;
}

/** A queue that nobody works off, to look at: each look costs its messages a receive. All reject with a retryable error. */
export interface PeekQueue {
  /** Whether there is nothing at all, visible or not; approximate, and some seconds late. */
  isEmpty(queueUrl: string): Promise<boolean>;
  /** Up to ten visible messages. */
  take(queueUrl: string, times: PeekTimes): Promise<readonly PeekedMessage[]>;
  /** Makes taken messages visible again at once. One whose time has run out is visible already, and passed over. */
  giveBack(queueUrl: string, receiptHandles: readonly string[]): Promise<void>;
}
