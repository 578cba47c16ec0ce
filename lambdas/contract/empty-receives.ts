/** SQS answers from a sample of its servers: so many empty answers in a row are taken for the end of a queue. */
export const emptyReceivesToStop = 2;

/** Only after an empty answer does a receive wait: it is the one that tells whether the queue is at its end. */
export function receiveWaitSeconds(emptyReceives: number): 0 | 1 {
  return emptyReceives === 0 ? 0 : 1;
}
