import { describe, expect, test } from '@jest/globals';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import { closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { readTrialMessage } from '../../lambdas/contract/parked-message.ts';
import { routeBreaker } from '../../lambdas/processor/route-breaker.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { breakerIn, pausedBreaker } from '../operator/breakers.ts';
import { unavailable } from '../support/fail-calls.ts';
import { memoryBreakerStates } from '../support/memory-breaker-states.ts';
import { memoryParkedObjects } from '../support/memory-parked-objects.ts';
import { batch, failedEvent, ill, overrun, routeBreakerWorld, tenOf, well } from '../support/route-breaker-world.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

describe('a batch', () => {
  test('of a healthy route writes nothing', async () => {
    const { breaker, states, copies } = routeBreakerWorld();
    expect(await batch(breaker, ...tenOf(well))).toEqual({
      gate: { kind: 'pass', width: 10, counts: true },
      told: 'passing',
    });
    expect(states.writes.tried).toBe(0);
    expect(copies()).toEqual([]);
  });

  test('writes once although ten attempts failed', async () => {
    const { breaker, states, copies } = routeBreakerWorld();
    expect((await batch(breaker, ...tenOf(ill()))).told).toBe('passing');
    expect(states.writes).toEqual({ tried: 1, done: 1 });
    expect(states.current(route)).toMatchObject({ phase: { kind: 'closed', counts: { attempts: 10, failures: 10 } } });
    expect(copies()).toEqual([]);
  });

  test('that pauses its route parks the event that failed, and tells so', async () => {
    const { breaker, states, parked, steps } = routeBreakerWorld();
    await batch(breaker, ...tenOf(ill()));
    expect((await batch(breaker, ...tenOf(ill({ error: 'HTTP 500' })))).told).toBe('paused');
    const trial = { key: `trials/${route}/id-1`, eventId: 'ill' };
    expect(states.current(route)).toMatchObject({
      version: 2,
      phase: { kind: 'open', reason: 'failing' },
      trials: [trial],
    });
    expect(breaker.hasCopyOf('ill')).toBe(true);
    expect(breaker.hasCopyOf('another')).toBe(false);
    expect(readTrialMessage(parked.objects.get(trial.key) ?? '')).toEqual(failedEvent.message);
    expect(steps).toEqual([
      { step: 'breaker', route, from: 'closed', to: 'open', reason: 'failing', error: 'HTTP 500' },
    ]);
  });

  test('that pauses its route replaces an older copy of the same event, whose receipt is old', async () => {
    const { breaker, states } = routeBreakerWorld();
    const trials = ['ill', 'other'].map((eventId) => ({ key: `trials/${route}/old-${eventId}`, eventId }));
    states.set(route, breakerIn({ kind: 'closed' }, { trials }));
    await batch(breaker, ...tenOf(ill()), ...tenOf(ill()));
    expect(states.current(route).trials).toEqual([
      { key: `trials/${route}/old-other`, eventId: 'other' },
      { key: `trials/${route}/id-1`, eventId: 'ill' },
    ]);
  });

  test('that pauses its route does so although the copy cannot be parked', async () => {
    const parked = { ...memoryParkedObjects(), put: unavailable };
    const { breaker, states, steps } = routeBreakerWorld({ parked });
    expect((await batch(breaker, ...tenOf(ill()), ...tenOf(ill()))).told).toBe('paused');
    expect(states.current(route)).toMatchObject({ phase: { kind: 'open' }, trials: [] });
    expect(breaker.hasCopyOf('ill')).toBe(false);
    expect(steps[0]).toMatchObject({ step: 'fault', eventId: 'ill', during: 'parking an event for a trial' });
  });

  test('tells every attempt once, of whatever batch', async () => {
    const { breaker, states } = routeBreakerWorld();
    await batch(breaker, ill());
    await batch(breaker, ill());
    expect(states.current(route)).toMatchObject({ phase: { counts: { attempts: 2, failures: 2 } } });
  });

  test('tells the longest wait, and the one answer that is meant for all events', async () => {
    const { breaker, states } = routeBreakerWorld();
    const [shorter, longer] = [startMs + 5_000, startMs + 20_000];
    await batch(breaker, ill({ waitUntilMs: longer }), ill({ waitUntilMs: shorter }));
    expect(states.current(route)).toMatchObject({ notBeforeMs: longer, phase: { kind: 'closed' } });
    expect(await breaker.gate()).toEqual({ kind: 'wait', untilMs: longer });

    await batch(breaker, ill({ halt: 'unauthorized' }), ill(), well);
    expect(states.current(route)).toMatchObject({ phase: { reason: 'unauthorized' } });
  });

  test('counts what asks for a slower pace as no failure and no success, however much of it there is', async () => {
    const { breaker, states, copies } = routeBreakerWorld();
    const overruns = Array.from({ length: 3 }, () => tenOf(overrun())).flat();
    expect((await batch(breaker, well, ...overruns)).told).toBe('passing');
    expect(states.current(route)).toMatchObject({
      phase: { kind: 'closed', counts: { attempts: 1, failures: 0, streak: 0 } },
    });
    expect(copies()).toEqual([]);
  });

  test('tells the wait that came with an overrun', async () => {
    const { breaker, states } = routeBreakerWorld();
    await batch(breaker, overrun({ waitUntilMs: startMs + 5_000 }), overrun());
    expect(states.current(route)).toMatchObject({ notBeforeMs: startMs + 5_000, phase: { kind: 'closed' } });
  });

  test('tells of the last delivery with other news', async () => {
    const { breaker, states, clock } = routeBreakerWorld();
    await batch(breaker, well);
    expect(states.writes.tried).toBe(0);
    clock.advance(5_000);
    await batch(breaker, well, ill());
    expect(states.current(route)).toMatchObject({ lastDeliveredAtMs: startMs + 5_000 });
  });

  test('tells of no delivery where an event was refused', async () => {
    const { breaker, states } = routeBreakerWorld();
    await batch(breaker, { kind: 'well', delivered: false }, ill());
    expect(states.current(route)).toMatchObject({ lastDeliveredAtMs: 0 });
  });
});

describe('the rest of a batch that told its news early', () => {
  test('is told with the next batch', async () => {
    const { breaker, states } = routeBreakerWorld();
    await batch(breaker, ill());
    breaker.observe(ill());
    await batch(breaker, ill());
    expect(states.current(route)).toMatchObject({ phase: { counts: { attempts: 3 } } });
  });

  test('is forgotten when the route was paused, or opened, since', async () => {
    const { breaker, states } = routeBreakerWorld();
    await batch(breaker, ill());
    breaker.observe(ill());
    const counts = noCounts(startMs);
    states.set(route, breakerIn({ kind: 'half-open', sinceMs: startMs, counts }, { version: 7 }));
    await batch(breaker, ill());
    expect(states.current(route)).toMatchObject({ phase: { kind: 'half-open', counts: { attempts: 1, failures: 1 } } });
  });

  test('is forgotten when it is older than a window', async () => {
    const { breaker, states, clock } = routeBreakerWorld();
    await batch(breaker, ill());
    breaker.observe(ill());
    clock.advance(breakerSettings.windowSeconds * 1_000 + 1);
    await batch(breaker, ill());
    expect(states.current(route)).toMatchObject({ phase: { counts: { attempts: 1, streak: 2 } } });
  });
});

describe('while DynamoDB is down', () => {
  test('the gate of a route that nothing is known of lets everything pass, because nothing can be claimed, and nothing is told', async () => {
    const { breaker, ports, states, steps } = routeBreakerWorld();
    const down = routeBreaker({ ...ports, states: { ...states, read: unavailable } });
    expect(await batch(down, ...tenOf(ill()))).toEqual({
      gate: { kind: 'pass', width: 10, counts: true },
      told: 'passing',
    });
    expect(states.writes.tried).toBe(0);
    expect(steps).toMatchObject([{ step: 'fault', route, during: 'reading the breaker' }]);
    expect(await breaker.gate()).toMatchObject({ kind: 'pass' });
  });

  test('the gate is as it was when it was last known', async () => {
    const { ports, states } = routeBreakerWorld();
    let isDown = false;
    const read: typeof states.read = (name) => (isDown ? unavailable() : states.read(name));
    const breaker = routeBreaker({ ...ports, states: { ...states, read } });
    states.set(route, breakerIn({ kind: 'half-open', sinceMs: startMs, counts: noCounts(startMs) }));
    await breaker.gate();
    isDown = true;
    expect(await breaker.gate()).toEqual({ kind: 'pass', width: 1, counts: false });
  });

  test('a report is dropped, and does not speak against the destination later', async () => {
    const states = memoryBreakerStates();
    let isDown = true;
    const { breaker, steps } = routeBreakerWorld({
      states: { ...states, replace: (name, next) => (isDown ? unavailable() : states.replace(name, next)) },
    });
    expect((await batch(breaker, ...tenOf(ill()))).told).toBe('passing');
    expect(steps).toMatchObject([{ step: 'fault', route, during: 'reporting to the breaker' }]);
    isDown = false;
    expect((await batch(breaker, ...tenOf(ill()))).told).toBe('passing');
    expect(states.current(route)).toMatchObject({ version: 1, phase: { kind: 'closed', counts: { attempts: 10 } } });
  });
});

test('a batch that ends after its route was paused by somebody else is told so', async () => {
  const { breaker, states } = routeBreakerWorld();
  await breaker.gate();
  states.set(route, pausedBreaker({ reason: 'failing', sinceMs: startMs }));
  breaker.observe(ill());
  expect(await breaker.report(failedEvent)).toBe('paused');
});

test('a route that was never asked for has nothing to report', async () => {
  const { breaker, states } = routeBreakerWorld();
  breaker.observe(ill({ halt: 'gone' }));
  expect(await breaker.report(failedEvent)).toBe('passing');
  expect(states.current(route)).toBe(closedBreaker);
});
