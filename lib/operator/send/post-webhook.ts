import { OperatorError, reasonOfFetch } from '../operator-error.ts';
import type { Sample } from './give-own-id.ts';

/** What the relay answered to a webhook. */
export interface PostAnswer {
  readonly status: number;
  readonly body: string;
  readonly sentAtMs: number;
  readonly tookMs: number;
  /** The relay's clock at its answer less ours; 0 as far as the answer can tell. */
  readonly clockOffsetMs: number;
}

export type PostWebhook = (url: string, sample: Sample) => Promise<PostAnswer>;

/** API Gateway answers within 30 s, whatever happens behind it. */
const answerWithinMs = 35_000;

/**
 * Posts a webhook as a sender would. Rejects with an `OperatorError` `RELAY_UNREACHABLE` when nothing answers.
 *
 * @param doctor the command that tells what is wrong then
 */
export function postWebhookOr(doctor: string): PostWebhook {
  return (url, sample) => postWebhook(url, sample, doctor);
}

async function postWebhook(url: string, { body, headers }: Sample, doctor: string): Promise<PostAnswer> {
  const sentAtMs = Date.now();
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: Buffer.from(body),
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await response.text();
    const answeredAtMs = Date.now();
    const clockOffsetMs = offsetOf(response.headers.get('date'), answeredAtMs);
    return { status: response.status, body: text, sentAtMs, tookMs: answeredAtMs - sentAtMs, clockOffsetMs };
  } catch (error) {
    throw new OperatorError(
      'RELAY_UNREACHABLE',
      `nothing answers at ${url} (${reasonOfFetch(error)}): see what is wrong with \`${doctor}\``,
      error,
    );
  }
}

/** The header is whole seconds: a difference that it can hide is taken for none. */
function offsetOf(date: string | null, nowMs: number): number {
  const theirsMs = Date.parse(date ?? '');
  if (Number.isNaN(theirsMs)) return 0;
  const [least, most] = [theirsMs - nowMs, theirsMs + 1_000 - nowMs];
  if (least > 0) return least;
  return most < 0 ? most : 0;
}
