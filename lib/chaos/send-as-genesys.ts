import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

export interface Sender {
  readonly url: string;
  readonly headersFor: (body: Uint8Array) => Readonly<Record<string, string>>;
  /** How long it waits for an answer. */
  readonly limitMs: number;
  /** From the end of one try to the beginning of the next. */
  readonly gapMs: number;
  /** Ends it in the middle: it then rejects. */
  readonly signal: AbortSignal;
}

/** What a sender knows of its event in the end. */
export type SendOutcome =
  /** `tookMs` is the time of the one request that was answered 200. */
  | { readonly kind: 'accepted'; readonly eventId: string; readonly tookMs: number }
  /** Dropped for good. The relay may have it all the same: an answer that came too late. */
  | { readonly kind: 'dropped'; readonly why: string };

/** Retries after the first try (Genesys, "Webhook retries"). */
const mostRetries = 5;

/** Sends a webhook as Genesys does: again after a timeout, a 429 or a 5xx, and then drops it for good. */
export async function sendAsGenesys(body: Uint8Array, sender: Sender): Promise<SendOutcome> {
  for (let retries = 0; ; retries++) {
    const answer = await post(body, sender);
    if (answer.kind !== 'try-again') return answer;
    if (retries === mostRetries) return { kind: 'dropped', why: answer.why };
    await sleep(sender.gapMs, undefined, { signal: sender.signal });
  }
}

const acceptedSchema = z.object({ id: z.string() });

async function post(
  body: Uint8Array,
  { url, headersFor, limitMs, signal }: Sender,
): Promise<SendOutcome | { readonly kind: 'try-again'; readonly why: string }> {
  const startedMs = performance.now();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersFor(body) },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    });
    const text = await response.text();
    const { status } = response;
    if (status === 200) {
      const { id } = acceptedSchema.parse(JSON.parse(text));
      return { kind: 'accepted', eventId: id, tookMs: performance.now() - startedMs };
    }
    return { kind: status === 429 || status >= 500 ? 'try-again' : 'dropped', why: `HTTP ${status}` };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'try-again', why: error instanceof Error ? error.name : String(error) };
  }
}
