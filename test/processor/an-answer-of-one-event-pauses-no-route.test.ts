import { describe, expect, test } from '@jest/globals';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { breakerIn } from '../operator/breakers.ts';
import { namedMessage, names, run } from '../support/message-batch.ts';
import { processorWorld, settings } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

describe.each([401, 403, 410])('an event that is answered %i', (status) => {
  /** A destination that answers the events of these names so, and takes all others. */
  function refusing(...refused: string[]) {
    return processorWorld([], {
      post: async ({ body }) => answered(refused.includes(Buffer.from(body).toString()) ? status : 200),
    });
  }

  test('just after others were delivered is alone with it: its own attempt counts, and nothing is told', async () => {
    const world = refusing('b');
    expect((await run(world)).kept).toEqual(['b']);
    for (const name of names) expect(world.records.read(name)).toMatchObject({ attempts: 1 });
    expect(world.records.read('b')).toMatchObject({ status: 'delivering', attempts: 1, lastStatus: status });
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'closed' } });
    expect(world.breakers.writes.tried).toBe(0);
    expect(world.parked.objects.size).toBe(0);
  });

  test('is alone with it also when it comes again, and becomes a dead letter in the end', async () => {
    const world = refusing('b');
    for (let attempt = 1; attempt <= settings.retry.maxAttempts; attempt++) {
      await run(world, [namedMessage(`a${attempt}`), namedMessage('b')]);
      world.clock.advance(3_600_000);
    }
    expect(world.deadLetters).toMatchObject([{ body: 'b', attributes: { Cause: { value: 'attempts-exhausted' } } }]);
    expect(world.breakers.writes.tried).toBe(0);
  });

  test('that failed before is alone with it as long as others are delivered in between, however long ago', async () => {
    const world = refusing('b');
    await run(world);
    for (let attempt = 2; attempt < settings.retry.maxAttempts; attempt++) {
      world.clock.advance(3_600_000);
      await run(world, [namedMessage(`another-${attempt}`)]);
      world.clock.advance(3_600_000);
      await run(world, [namedMessage('b')]);
      expect(world.records.read('b')).toMatchObject({ attempts: attempt });
    }
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'closed' } });
  });

  test('that failed before does not pause its route by one more answer, and uses up no attempt by it', async () => {
    const world = refusing('b');
    await run(world);
    world.clock.advance(3_600_000);
    await run(world, [namedMessage('b')]);
    world.clock.advance(3_600_000);
    await run(world, [namedMessage('b')]);
    expect(world.records.read('b')).toMatchObject({ attempts: 1 });
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'closed', counts: { streak: 2 } } });
  });

  test('is one of its own kind with a second one beside it, and with others that are not next to it', async () => {
    const world = refusing('b', 'c', 'e', 'g', 'h');
    expect((await run(world)).kept).toEqual(['b', 'c', 'e', 'g', 'h']);
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'closed' } });
    expect(world.breakers.writes.tried).toBe(0);
  });

  test('pauses the route with two more in a row', async () => {
    const world = refusing('b', 'c', 'd');
    await run(world);
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'open' } });
    expect(world.records.read('d')).toMatchObject({ attempts: 0 });
  });

  test('pauses the route where the last delivery is a minute ago', async () => {
    const world = refusing('b');
    await run(world, [namedMessage('a')]);
    world.clock.advance(breakerSettings.windowSeconds * 1_000);
    await run(world, [namedMessage('b')]);
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'open' } });
  });

  test('does not pause it a moment before that', async () => {
    const world = refusing('b');
    await run(world, [namedMessage('a')]);
    world.clock.advance(breakerSettings.windowSeconds * 1_000 - 1);
    await run(world, [namedMessage('b')]);
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'closed' } });
  });

  test('lets a half-open route go on with the next one', async () => {
    const world = refusing('b');
    world.breakers.set(route, breakerIn({ kind: 'half-open', sinceMs: startMs, counts: noCounts(startMs) }));
    expect((await run(world)).kept).toEqual(['b']);
    expect(world.breakers.current(route)).toMatchObject({
      phase: { kind: 'half-open', counts: { attempts: 9, failures: 0 } },
    });
  });
});
