import { describe, expect, test } from '@jest/globals';
import type { DeliveryState } from '../../lib/operator/dead-letters/delivery-states.ts';
import type { PlannedRedrive } from '../../lib/operator/redrive/plan-redrive.ts';
import { openGate, patienceMs, type StopRule, vanguard } from '../../lib/operator/redrive/redrive-gate.ts';
import { watchOutcomes } from '../../lib/operator/redrive/watch-outcomes.ts';
import { settableClock } from '../support/settable-clock.ts';

const redrivenAtMs = 1;

/** Redrives event after event, in virtual time; `fate` says what becomes of each, the first being number 0. */
async function redrive(
  total: number,
  fate: (number: number) => Partial<DeliveryState> | 'unknown',
  rule: Partial<StopRule> = {},
  returned: readonly number[] = [],
) {
  const clock = settableClock();
  const startedAtMs = clock.now();
  const signal = new AbortController().signal;
  const watch = watchOutcomes({
    now: clock.now,
    onSettled: () => {},
    readDeliveryStates: async (keys) =>
      new Map(
        keys.flatMap((key): [string, DeliveryState][] => {
          const state = fate(Number(key.split('#').at(-1)));
          return state === 'unknown' ? [] : [[key, { status: 'delivering', attempts: 0, redrivenAtMs, ...state }]];
        }),
      ),
  });
  const gate = openGate(
    { rate: 20, stopAtPercent: 50, ...rule },
    {
      watch,
      now: clock.now,
      signal,
      pause: async (milliseconds) => clock.advance(milliseconds),
      lookForReturned: async (route) => {
        for (const number of returned) watch.seen(route, { eventId: String(number), sentAtMs: redrivenAtMs });
      },
    },
  );
  let sent = 0;
  while (sent < total && (await gate.turn('main', async () => undefined)) === 'go') watch.sent('main', event(sent++));
  return { sent, stopped: gate.stopReason(), tookMs: clock.now() - startedAtMs, watch };
}

function event(number: number): PlannedRedrive {
  const eventId = String(number);
  return { messageId: `m${eventId}`, eventId, cause: 'rejected', alreadyDelivered: false, redrivenAtMs };
}

const delivered = { status: 'delivered', attempts: 1 } as const;
const failed = { status: 'failed', attempts: 1, lastStatus: 400 } as const;

describe('a redrive', () => {
  test('of a destination that is mended sends everything, at its rate', async () => {
    const { sent, stopped, tookMs } = await redrive(1_000, () => delivered);

    expect({ sent, stopped }).toEqual({ sent: 1_000, stopped: undefined });
    expect(tookMs).toBeGreaterThanOrEqual(48_000);
    expect(tookMs).toBeLessThanOrEqual(52_000);
  });

  test('of one that is not mended sends ten, and says what it answered', async () => {
    const { sent, stopped } = await redrive(1_000, (number) => ({ ...failed, lastStatus: number === 3 ? 404 : 400 }));

    expect(sent).toBe(vanguard);
    expect(stopped).toEqual({
      kind: 'failing',
      route: 'main',
      failed: 10,
      of: 10,
      reasons: ['9 × status 400', '1 × status 404'],
    });
  });

  test('counts an attempt that will be repeated for a failure: hours of backoff would hide it', async () => {
    const { sent, stopped } = await redrive(1_000, () => ({ attempts: 1, lastFailedAtMs: 5, lastStatus: 503 }));

    expect(sent).toBe(vanguard);
    expect(stopped).toMatchObject({ kind: 'failing', reasons: ['10 × status 503'] });
  });

  test('goes on when fewer than the share fail, and stops when the destination breaks midway', async () => {
    const { sent, stopped } = await redrive(1_000, (number) => (number < 500 && number % 3 > 0 ? delivered : failed));

    expect(stopped).toMatchObject({ kind: 'failing', of: 20 });
    expect(sent).toBeGreaterThan(500);
    // It is noticed within two looks, a second apart.
    expect(sent).toBeLessThan(550);
  });

  test('of which nothing is heard stops after a minute: the route may be paused', async () => {
    const { sent, stopped, tookMs } = await redrive(1_000, () => 'unknown');

    expect(sent).toBe(vanguard);
    expect(stopped).toEqual({ kind: 'no-news', route: 'main', sent: vanguard, seconds: 60 });
    expect(tookMs).toBeGreaterThanOrEqual(patienceMs);
  });

  test('of which nothing is heard any more stops, too', async () => {
    const { sent, stopped } = await redrive(10_000, (number) => (number < 500 ? delivered : 'unknown'));

    expect(stopped).toMatchObject({ kind: 'no-news' });
    expect(sent).toBeLessThan(500 + 70 * 20);
  });

  test('sees messages that cannot be read come back, although no record tells', async () => {
    const { sent, stopped, tookMs } = await redrive(1_000, () => 'unknown', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

    expect(sent).toBe(vanguard);
    expect(stopped).toMatchObject({ kind: 'failing', failed: 10, reasons: ['10 × a dead letter again'] });
    expect(tookMs).toBeLessThan(15_000);
  });

  test('is not misled by what the record says of the time before it', async () => {
    const { stopped } = await redrive(50, () => ({ ...failed, redrivenAtMs: 0 }));

    expect(stopped).toMatchObject({ kind: 'no-news' });
  });

  test('that is told never to stop does not even wait', async () => {
    const { sent, stopped } = await redrive(100, () => failed, { stopAtPercent: 'never' });

    expect({ sent, stopped }).toEqual({ sent: 100, stopped: undefined });
  });

  test('is not misled by another dead letter of an event, which lay there before', async () => {
    const settled: string[] = [];
    const sentAtMs = 1_800_000_000_000;
    const watch = watchOutcomes({
      now: () => sentAtMs,
      onSettled: ({ outcome }) => settled.push(outcome),
      readDeliveryStates: async () => new Map(),
    });
    watch.sent('main', { ...event(1), redrivenAtMs: sentAtMs });

    watch.seen('main', { eventId: '1', sentAtMs: sentAtMs - 3_600_000 });
    expect(watch.events().map(({ outcome }) => outcome)).toEqual(['under-way']);

    // The operator's clock may be ahead of that of SQS.
    watch.seen('main', { eventId: '1', sentAtMs: sentAtMs - 60_000 });
    expect(settled).toEqual(['failed-again']);
  });

  test('each event is settled once, whichever way it is learnt', async () => {
    const settled: string[] = [];
    const watch = watchOutcomes({
      now: () => 0,
      onSettled: ({ eventId }) => settled.push(eventId ?? ''),
      readDeliveryStates: async (keys) => new Map(keys.map((key) => [key, { ...failed, redrivenAtMs }])),
    });
    watch.sent('main', event(1));

    await watch.poll();
    watch.seen('main', { eventId: '1', sentAtMs: redrivenAtMs });
    await watch.poll();

    expect(settled).toEqual(['1']);
  });
});
