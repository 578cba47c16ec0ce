/** How far SQS is with a move. The numbers are SQS's own, and approximate. */
export interface MoveProgress {
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  readonly moved: number;
  /** How many there were when it began, if SQS says so. */
  readonly total: number | undefined;
  /** Why SQS gave up, in its own word. */
  readonly failure: string | undefined;
}

/**
 * SQS's own way to empty a dead letter queue: it goes on whether or not anybody looks. Rejects with an
 * {@link OperatorError} that names the queue.
 */
export interface MessageMoves {
  /**
   * Begins to move everything in a dead letter queue to a queue.
   *
   * @returns what to cancel it by, or `unsupported` by a service that has no such tasks
   */
  start(fromUrl: string, toUrl: string, perSecond: number): Promise<string | 'unsupported'>;
  /** Of the latest move out of a queue. */
  progressOf(fromUrl: string): Promise<MoveProgress>;
  /** Stops it; what was moved stays moved. */
  cancel(taskHandle: string): Promise<void>;
}
