/** A step of accepting a webhook that waits for somebody else. */
export type WaitingStep = 'secrets' | 'offload' | 'send' | 'spill';

/**
 * How long after the handler began the answer is ready. Genesys waits for 10 s; the function is given up at 7.5 s
 * (`answerEarlyMs` before `ingestTimeoutSeconds`), and what is left is for the way there and back and a cold start.
 */
export const answerWithinMs = 7_000;

/** AWS answers each of these calls within tens of milliseconds: what takes longer is down, and only holds up the spill. */
const steps: Readonly<Record<WaitingStep, { readonly atMostMs: number; readonly leavesMs: number }>> = {
  secrets: { atMostMs: 2_000, leavesMs: 5_000 },
  // Of a body of up to 6 MB, so it may use what the secrets did not need. It leaves the send 1.5 s.
  offload: { atMostMs: 3_500, leavesMs: 3_500 },
  send: { atMostMs: 2_000, leavesMs: 2_000 },
  spill: { atMostMs: 3_000, leavesMs: 0 },
};

/**
 * The time that a step may take, in ms: its own limit, or less when the steps before it took long. What the steps after
 * it need is never used up, so that a webhook can still be spilled after everything before has hung.
 */
export function timeFor(step: WaitingStep, { beganAtMs, nowMs }: { beganAtMs: number; nowMs: number }): number {
  const { atMostMs, leavesMs } = steps[step];
  return Math.max(0, Math.min(atMostMs, beganAtMs + answerWithinMs - leavesMs - nowMs));
}
