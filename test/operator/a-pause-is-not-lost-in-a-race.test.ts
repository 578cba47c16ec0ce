import { describe, expect, test } from '@jest/globals';
import { pauseByOperator } from '../../lambdas/breaker/advance-breaker.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { OperatorError } from '../../lib/operator/operator-error.ts';
import type { StoredBreakers } from '../../lib/operator/routes/breaker-states.ts';
import { changeBreaker } from '../../lib/operator/routes/change-breaker.ts';
import { asTakenByFunctions, type StoredBreaker } from '../../lib/operator/routes/stored-breaker.ts';
import { breakerIn, pausedBreaker } from './breakers.ts';

const nowMs = 1_790_000_000_000;
const signal = new AbortController().signal;
const pause = (stored: StoredBreaker) => {
  const state = asTakenByFunctions(stored);
  return state.phase.kind === 'open' && state.phase.reason === 'operator' ? undefined : pauseByOperator(state, nowMs);
};

describe("changing a route's breaker", () => {
  test('is done on what a quicker one left', async () => {
    const lastDeliveredAtMs = 7;
    const table = contendedTable(closedBreaker, [
      (state) => ({ ...state, lastDeliveredAtMs }),
      (state) => pausedBreaker({ reason: 'unauthorized', sinceMs: nowMs - 5_000 }, { ...state }),
    ]);

    const { before, after } = await changeBreaker('main', pause, { breakers: table, signal });

    expect(before).toEqual(closedBreaker);
    expect(after).toEqual(table.stored());
    expect(after).toMatchObject({ version: 3, lastDeliveredAtMs, phase: { kind: 'open', reason: 'operator' } });
  });

  test('is over when a quicker one did it already', async () => {
    const paused = pausedBreaker({ reason: 'operator', sinceMs: nowMs - 1 });
    const table = contendedTable(closedBreaker, [() => paused]);

    const { before, after } = await changeBreaker('main', pause, { breakers: table, signal });

    expect([before, after]).toEqual([closedBreaker, table.stored()]);
    expect(after).toMatchObject({ phase: paused.phase });
  });

  test('outlasts the many writers of a busy route that begins to fail', async () => {
    const table = contendedTable(
      closedBreaker,
      Array(40).fill((state: BreakerState) => state),
    );

    const { after } = await changeBreaker('main', pause, { breakers: table, signal });

    expect(after).toMatchObject({ version: 41, phase: { kind: 'open', reason: 'operator' } });
  });

  test('gives up at last, and says that it was not done', async () => {
    const table = contendedTable(
      closedBreaker,
      Array(1_000).fill((state: BreakerState) => state),
    );

    const change = changeBreaker('main', pause, { breakers: table, signal });

    await expect(change).rejects.toEqual(
      new OperatorError(
        'CHANGED_MEANWHILE',
        'the breaker of main was changed by others 50 times meanwhile, and is as they left it: try again',
      ),
    );
    expect(table.stored().phase.kind).toBe('closed');
  });

  test('says what to do where nothing can be written over what is there, and writes nothing', async () => {
    const breakers: StoredBreakers = {
      read: async () => ({ kind: 'unreadable', version: undefined }),
      replace: async () => {
        throw new Error('it was written');
      },
    };

    const change = changeBreaker('main', pause, { breakers, signal });

    await expect(change).rejects.toThrow(/^the breaker of main has no version, .*: delete the item breaker#main of /);
  });

  test('is not begun once the operator has pressed Ctrl-C', async () => {
    const table = contendedTable(closedBreaker, []);
    const interrupted = AbortSignal.abort(new OperatorError('INTERRUPTED', 'interrupted: nothing was changed'));

    const change = changeBreaker('main', pause, { breakers: table, signal: interrupted });

    await expect(change).rejects.toThrow('nothing was changed');
    expect(table.stored()).toEqual(closedBreaker);
  });

  test('a pause has no time to reopen at, and needs none', () => {
    expect(pauseByOperator(breakerIn({ kind: 'closed' }), nowMs)).toEqual(
      pausedBreaker({ reason: 'operator', sinceMs: nowMs }, { version: 2 }),
    );
  });
});

/** One breaker, which each of `rivals` changes in turn just before a write of ours. */
function contendedTable(
  initial: BreakerState,
  rivals: readonly ((state: BreakerState) => BreakerState)[],
): StoredBreakers & { stored(): BreakerState } {
  let stored = initial;
  let writes = 0;
  return {
    stored: () => stored,
    read: async () => stored,
    replace: async (_route, next) => {
      const rival = rivals[writes++];
      if (rival !== undefined) stored = { ...rival(stored), version: stored.version + 1 };
      if (next.version !== stored.version + 1) return stored;
      stored = next;
      return 'written';
    },
  };
}
