import { afterEach, describe, expect, test } from '@jest/globals';
import { createFunctionPool, type FunctionPool } from '../../lib/local/function-pool.ts';
import type { FunctionSpec, OnLine } from '../../lib/local/function-process.ts';
import { echoFunction } from '../support/local-function.ts';

const pools: FunctionPool[] = [];

function pool(limit: number, changes: Partial<FunctionSpec> = {}, onLine: OnLine = () => {}): FunctionPool {
  const created = createFunctionPool(echoFunction(changes), limit, onLine);
  pools.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((created) => created.stop()));
});

describe('a function', () => {
  test('sees its own environment, nothing of ours, and a Lambda context', async () => {
    const result = await pool(1).invoke({});
    expect(result).toMatchObject({ kind: 'returned', value: { functionName: 'echo', variables: { COLOUR: 'blue' } } });
    expect(result).not.toHaveProperty('value.variables.PATH');
    expect(result).toHaveProperty('value.remainingMs', expect.any(Number));
  });

  test('is handed one event at a time by each process', async () => {
    const two = pool(2);
    const results = await Promise.all(Array.from({ length: 6 }, () => two.invoke({ do: 'wait', ms: 20 })));
    const values = results.map((result) => (result.kind === 'returned' ? result.value : undefined));
    for (const value of values) expect(value).toMatchObject({ mostAtOnce: 1 });
    expect(new Set(values.map((value) => Object(value).pid)).size).toBe(2);
  });

  test('that throws fails the invocation and lives on', async () => {
    const one = pool(1);
    expect(await one.invoke({ do: 'throw' })).toEqual({ kind: 'failed', error: 'Error: as asked' });
    expect(await one.invoke({})).toMatchObject({ kind: 'returned' });
  });

  test('whose process ends fails the invocation, and the next one works', async () => {
    const one = pool(1);
    expect(await one.invoke({ do: 'exit' })).toEqual({ kind: 'failed', error: 'the process ended: exit code 7' });
    expect(await one.invoke({})).toMatchObject({ kind: 'returned' });
  });

  test('killed in the middle of an event fails the invocation, and the next one works', async () => {
    const one = pool(1);
    expect(await one.invoke({ do: 'hang' }, () => true)).toEqual({
      kind: 'failed',
      error: 'the process ended: SIGKILL',
    });
    expect(await one.invoke({})).toMatchObject({ kind: 'returned' });
  });

  test('can be killed some time after it got the event', async () => {
    const lines: string[] = [];
    const one = pool(1, {}, (line) => lines.push(line));
    const crash = () => ({ afterMs: 200 });
    expect(await one.invoke({ do: 'say-and-hang', id: 'a' }, crash)).toMatchObject({ kind: 'failed' });
    expect(lines).toEqual(['{"step":"accepted","route":"echo","eventId":"a","bytes":1}']);
  });

  test('that is faster than the crash it is given lives on', async () => {
    const one = pool(1);
    const first = await one.invoke({}, () => ({ afterMs: 100 }));
    expect(first).toMatchObject({ kind: 'returned' });
    const { pid } = Object(first.kind === 'returned' ? first.value : undefined);
    expect(await one.invoke({ do: 'wait', ms: 300 })).toMatchObject({ kind: 'returned', value: { pid } });
  });

  test('that overruns its time is ended, and the next event gets another process', async () => {
    const one = pool(1, { timeoutSeconds: 0.3 });
    expect(await one.invoke({ do: 'hang' })).toEqual({ kind: 'timed-out', afterMs: 300 });
    expect(await one.invoke({})).toMatchObject({ kind: 'returned', value: { mostAtOnce: 1 } });
  });

  test('that cannot be loaded says why, at the start and at every event', async () => {
    const broken = pool(1, { exportName: 'missing' });
    await expect(broken.warm()).rejects.toThrow(/echo could not be loaded: .*exports no function missing/);
    expect(await broken.invoke({})).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('no function missing'),
    });
  });

  test('has its lines read one by one', async () => {
    const lines: string[] = [];
    const one = pool(1, {}, (line, stream) => lines.push(`${stream} ${line}`));
    await one.invoke({ id: 'a' });
    // The result comes on another channel than the output; both are complete once the process is gone.
    await one.stop();
    expect(lines).toEqual(['stdout {"step":"accepted","route":"echo","eventId":"a","bytes":1}']);
  });
});

describe('stopping', () => {
  test('ends hanging and waiting invocations within three seconds', async () => {
    const running = Promise.withResolvers<void>();
    const onStarted = () => {
      running.resolve();
      return false;
    };
    const one = pool(1);
    const hanging = one.invoke({ do: 'hang' }, onStarted);
    const waiting = one.invoke({});
    await running.promise;
    const beganMs = performance.now();
    await one.stop();
    expect(await hanging).toMatchObject({ kind: 'failed' });
    expect(await waiting).toEqual({ kind: 'failed', error: 'echo is stopped' });
    expect(performance.now() - beganMs).toBeLessThan(3_000);
  });
});
