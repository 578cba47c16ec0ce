import type { IncomingMessage } from 'node:http';

export type RequestBody =
  | { readonly kind: 'complete'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  /** The sender went away in the middle. */
  | { readonly kind: 'broken-off' };

/**
 * Reads a request's body, but keeps no more than `limitBytes` of it. Past the limit it answers at once and lets the
 * rest run dry in the background: closing the connection instead would reset it under a sender that is still
 * uploading, who then never sees the answer.
 */
export function readBody(request: IncomingMessage, limitBytes = Number.POSITIVE_INFINITY): Promise<RequestBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve({ kind: 'too-large' });
    });
    request.on('end', () => resolve({ kind: 'complete', bytes: Buffer.concat(chunks) }));
    // After `end` a promise is settled already, and these change nothing.
    request.on('error', () => resolve({ kind: 'broken-off' }));
    request.on('close', () => resolve({ kind: 'broken-off' }));
  });
}
