/** SQS bills every 64 KB of a call as a request. */
const chunkBytes = 64 * 1_024;

/** Roughly what a message carries beside its body, or beside the pointer to it. */
export const attributesBytes = 300;
export const pointerBytes = 200;

/** What a call that carries so many bytes is billed as. */
export function sqsRequests(bytes: number): number {
  return Math.ceil(bytes / chunkBytes);
}
