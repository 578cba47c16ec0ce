import { describe, expect, test } from '@jest/globals';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import { openBreaker } from '../../lambdas/breaker/open-breaker.ts';
import type { BreakerState } from '../../lambdas/contract/breaker-state.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { memoryBreakerStates } from '../support/memory-breaker-states.ts';
import { batch, ill, routeBreakerWorld, tenOf } from '../support/route-breaker-world.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

describe('when other processors were faster, a report', () => {
  /** Somebody else stores a state just before each of our writes, as long as there are any. */
  function racedBy(...theirs: ((stored: BreakerState) => BreakerState)[]) {
    const states = memoryBreakerStates();
    const { replace } = states;
    const raced = {
      ...states,
      async replace(name: string, next: BreakerState) {
        const change = theirs.shift();
        if (change !== undefined) states.set(route, change(states.current(route)));
        return replace(name, next);
      },
    };
    const { breaker, copies, steps } = routeBreakerWorld({ states: raced });
    return { states, breaker, copies, steps };
  }

  const countedOne = (stored: BreakerState): BreakerState => ({
    ...stored,
    version: stored.version + 1,
    phase: { kind: 'closed', counts: { ...noCounts(startMs), attempts: 1, failures: 1, streak: 1 } },
  });

  const another = (stored: BreakerState): BreakerState => ({ ...stored, version: stored.version + 1 });

  const pausedIt = (stored: BreakerState): BreakerState =>
    openBreaker(stored, { reason: 'unauthorized' }, startMs, breakerSettings);

  test('starts from their state: nothing of either is lost', async () => {
    const { breaker, states } = racedBy(countedOne);
    await batch(breaker, ill(), ill());
    expect(states.writes).toEqual({ tried: 2, done: 1 });
    expect(states.current(route)).toMatchObject({ version: 2, phase: { counts: { attempts: 3, failures: 3 } } });
  });

  test('that lost four races is given up quietly, and its copy with it', async () => {
    const { breaker, states, copies, steps } = racedBy(another, another, another, another);
    expect((await batch(breaker, ill({ halt: 'gone' }))).told).toBe('passing');
    expect(states.writes).toEqual({ tried: 4, done: 0 });
    expect(states.current(route).phase.kind).toBe('closed');
    expect(copies()).toEqual([]);
    expect(steps).toEqual([]);
  });

  test('that lost three is told by the fourth, with the one copy', async () => {
    const { breaker, states, copies } = racedBy(another, another, another);
    expect((await batch(breaker, ill({ halt: 'gone' }))).told).toBe('paused');
    expect(states.writes).toEqual({ tried: 4, done: 1 });
    expect(copies()).toEqual([`trials/${route}/id-1`]);
  });

  test('leaves no copy where somebody else has paused the route', async () => {
    const { breaker, states, copies, steps } = racedBy(pausedIt);
    expect((await batch(breaker, ...tenOf(ill()), ...tenOf(ill()))).told).toBe('paused');
    expect(states.current(route)).toMatchObject({ version: 1, phase: { reason: 'unauthorized' } });
    expect(copies()).toEqual([]);
    expect(steps).toEqual([]);
  });

  test('leaves none either where it had something to add to that pause', async () => {
    const { breaker, states, copies } = racedBy(pausedIt);
    expect((await batch(breaker, ill({ halt: 'gone' }))).told).toBe('paused');
    expect(states.current(route)).toMatchObject({ version: 2, phase: { reason: 'gone' } });
    expect(copies()).toEqual([]);
  });

  test('does not tell failures to a route that was paused and reopened meanwhile, only what is meant for every event', async () => {
    const reopenedIt = (stored: BreakerState): BreakerState => ({
      ...stored,
      version: stored.version + 1,
      phase: { kind: 'half-open', sinceMs: startMs, counts: noCounts(startMs) },
    });
    const failing = racedBy(reopenedIt);
    expect((await batch(failing.breaker, ...tenOf(ill()))).told).toBe('passing');
    expect(failing.states.current(route)).toMatchObject({
      version: 1,
      phase: { kind: 'half-open', counts: { attempts: 0 } },
    });
    expect(failing.states.writes.done).toBe(0);

    const waitUntilMs = startMs + 20_000;
    const asked = racedBy(reopenedIt);
    await batch(asked.breaker, ...tenOf(ill()), ill({ waitUntilMs }));
    expect(asked.states.current(route)).toMatchObject({
      notBeforeMs: waitUntilMs,
      phase: { kind: 'half-open', counts: { attempts: 0, failures: 0 } },
    });

    const halted = racedBy(reopenedIt);
    expect((await batch(halted.breaker, ...tenOf(ill()), ill({ halt: 'gone' }))).told).toBe('paused');
    expect(halted.states.current(route)).toMatchObject({ version: 2, phase: { kind: 'open', reason: 'gone' } });
  });

  test('keeps its copy where the answer to its own write was lost, and the repeated call finds it', async () => {
    const states = memoryBreakerStates();
    const { replace } = states;
    const answerLost = {
      ...states,
      async replace(name: string, next: BreakerState) {
        await replace(name, next);
        return replace(name, next);
      },
    };
    const { breaker, copies } = routeBreakerWorld({ states: answerLost });
    expect((await batch(breaker, ill({ halt: 'gone' }))).told).toBe('paused');
    const key = `trials/${route}/id-1`;
    expect(states.current(route)).toMatchObject({ phase: { kind: 'open' }, trials: [{ key }] });
    expect(copies()).toEqual([key]);
  });
});
