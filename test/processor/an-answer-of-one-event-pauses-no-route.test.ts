import { describe, expect, test } from '@jest/globals';
import { breakerIn } from '../operator/breakers.ts';
import { namedMessage, run } from '../support/message-batch.ts';
import { processorWorld, settings } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { route } from '../support/sqs-record.ts';

/** A route that has one suspect, which is always answered with this status, while all is well with the others. */
function suspectWorld(status: number, deliveredSinceHalt: boolean) {
  const world = processorWorld([], {
    post: async ({ body }) => answered(Buffer.from(body).toString() === 'suspect' ? status : 200),
  });
  world.breakers.set(route, breakerIn({ kind: 'closed' }, { suspects: ['suspect'], deliveredSinceHalt }));
  return world;
}

describe.each([401, 403, 410])('a suspect that is answered %i', (status) => {
  test('pauses its route while nothing speaks against that', async () => {
    const world = suspectWorld(status, false);
    expect((await run(world, [namedMessage('suspect')])).kept).toEqual(['suspect']);
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'open' } });
    expect(world.records.read('suspect')).toMatchObject({ attempts: 0 });
  });

  test('pauses it no more once another event was delivered, and uses up its own attempts', async () => {
    const world = suspectWorld(status, true);
    for (let attempt = 1; attempt < settings.retry.maxAttempts; attempt++) {
      expect((await run(world, [namedMessage('other'), namedMessage('suspect')])).kept).toEqual(['suspect']);
      expect(world.records.read('suspect')).toMatchObject({ attempts: attempt, lastStatus: status });
      world.clock.advance(3_600_000);
    }
    expect((await run(world, [namedMessage('suspect')])).kept).toEqual([]);
    expect(world.deadLetters).toMatchObject([
      { body: 'suspect', attributes: { Cause: { value: 'attempts-exhausted' } } },
    ]);
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'closed' } });
    expect(world.breakers.writes.tried).toBe(0);
  });
});
