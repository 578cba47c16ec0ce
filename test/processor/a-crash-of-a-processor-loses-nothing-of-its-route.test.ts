import { describe, expect, test } from '@jest/globals';
import { isPaused } from '../../lambdas/contract/breaker-state.ts';
import type { DestinationAnswer } from '../../lambdas/contract/ports.ts';
import { breakerSettings, renewAfterReceives } from '../../lib/infra/timings.ts';
import { type DiesOnce, diesOnce } from '../support/dies-once.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { type SimulatedRelay, simulatedRelay, simulatedRoute } from '../support/simulated-relay.ts';

const minuteMs = 60_000;
const retry = { maxAttempts: 4, baseSeconds: 5, capSeconds: 300 };

/** Accepts events one after the other, to a destination that answers as it is told to. */
function relayWith(death: DiesOnce, events: number, answerAt: (nowMs: number) => DestinationAnswer): SimulatedRelay {
  const relay = simulatedRelay({
    retry,
    diesAt: death.diesAt,
    destination: (_eventId, nowMs) => ({ answer: answerAt(nowMs), afterMs: 50 }),
  });
  for (let event = 0; event < events; event++) {
    relay.time.at(startMs + event * 500, () => void relay.accept(`event-${event}`));
  }
  return relay;
}

async function allDelivered(relay: SimulatedRelay, events: number, latestMs: number): Promise<void> {
  const isDelivered = (eventId: string) => relay.records.read(eventId)?.status === 'delivered';
  const deliveredOnes = () => [...relay.accepted].filter(isDelivered).length;
  expect(await relay.time.runUntilTrue(() => deliveredOnes() === events, latestMs)).toBe(true);
  // The original of an event that was delivered by its copy may be hidden for longer.
  const backByMs = latestMs + breakerSettings.trialHideSeconds * 1_000;
  expect(await relay.time.runUntilTrue(() => relay.queue.messages.length === 0, backByMs)).toBe(true);
  expect(relay.violations).toEqual([]);
  expect(relay.deadLetters).toEqual([]);
}

const whens = ['before', 'after'] as const;

function steps(calls: Readonly<Record<string, string>>) {
  return Object.entries(calls).flatMap(([call, step]) => whens.map((when) => ({ call, when, step })));
}

describe('the events of a route that fails are delivered although a processor died', () => {
  test.each(
    steps({
      readBreaker: 'reading the breaker',
      claim: 'claiming an event',
      post: 'a POST',
      recordRetry: 'recording a retry',
      park: 'parking the copy for a trial',
      replaceBreaker: 'telling the breaker',
      hide: 'hiding a message',
      acknowledge: 'acknowledging the batch',
    }),
  )('just $when $step', async ({ call, when }) => {
    const death = diesOnce({ process: 'processor', call, when });
    const healsAtMs = startMs + 10 * minuteMs;
    const relay = relayWith(death, 24, (nowMs) => answered(nowMs < healsAtMs ? 503 : 200));
    death.arm();
    const isPausedNow = () => isPaused(relay.breakers.current(simulatedRoute));
    expect(await relay.time.runUntilTrue(isPausedNow, healsAtMs)).toBe(true);
    await allDelivered(relay, 24, healsAtMs + 60 * minuteMs);
    expect(death.happened).toBe(true);
  });
});

describe('the events that reach a paused route are delivered although the processor died that held them', () => {
  test.each(
    steps({
      readBreaker: 'reading the breaker',
      sleep: 'holding the batch',
      hide: 'hiding a message',
      acknowledge: 'ending without a message done',
    }),
  )('just $when $step', async ({ call, when }) => {
    const death = diesOnce({ process: 'processor', call, when });
    const healsAtMs = startMs + 10 * minuteMs;
    // A credential that is wrong pauses at once: what comes in the next minute meets the mapping still on.
    const relay = relayWith(death, 24, (nowMs) => answered(nowMs < healsAtMs ? 401 : 200));
    const isPausedNow = () => isPaused(relay.breakers.current(simulatedRoute));
    expect(await relay.time.runUntilTrue(isPausedNow, healsAtMs)).toBe(true);
    death.arm();
    await allDelivered(relay, 24, healsAtMs + 60 * minuteMs);
    expect(death.happened).toBe(true);
  });
});

describe('an event that has waited so often that it is renewed is delivered although the processor died', () => {
  test.each(
    steps({
      sendAgain: 'putting the message on its queue anew',
      acknowledge: 'taking the old one off',
    }),
  )('just $when $step', async ({ call, when }) => {
    const death = diesOnce({ process: 'processor', call, when });
    const relay = relayWith(death, 1, () => answered(200));
    // Nothing is blamed on an event while DynamoDB is down; its message wears out all the same.
    relay.down.add('records');
    const isWorn = () => relay.queue.highestReceiveCount >= renewAfterReceives(retry.maxAttempts) - 1;
    expect(await relay.time.runUntilTrue(isWorn, startMs + 24 * 60 * minuteMs)).toBe(true);
    death.arm();
    const renewed = () => relay.steps.some(({ step }) => step === 'renewed') || death.happened;
    expect(await relay.time.runUntilTrue(renewed, startMs + 48 * 60 * minuteMs)).toBe(true);
    await relay.time.runUntil(relay.time.now() + minuteMs);
    relay.down.clear();
    await allDelivered(relay, 1, startMs + 72 * 60 * minuteMs);
    expect(death.happened).toBe(true);
  });
});
