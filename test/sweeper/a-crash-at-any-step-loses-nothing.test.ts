import { describe, expect, test } from '@jest/globals';
import { sweepSpill } from '../../lambdas/sweeper/sweep-spill.ts';
import { type CrashPoint, crashingCalls } from '../support/crashing-calls.ts';
import { eventsSent, type SweeperWorld, spill, sweeperWorld, wideBounds } from '../support/sweeper-world.ts';

type Call = 'list' | 'get' | 'send' | 'delete';

const steps: Readonly<Record<Call, string>> = {
  list: 'listing the spill',
  get: 'reading a webhook',
  send: 'sending it',
  delete: 'deleting its object',
};

const calls = ['list', 'get', 'send', 'delete'] as const;
const cases = calls.flatMap((call) =>
  (['before', 'after'] as const).map((when) => ({ call, when, step: steps[call] })),
);

/** A run that dies at the point. */
async function sweepAndCrash({ ports, parked }: SweeperWorld, point: CrashPoint<Call>) {
  const { mortal, invoke } = crashingCalls(point);
  const mortalPorts = {
    ...ports,
    send: mortal('send', ports.send),
    parked: {
      list: mortal('list', parked.list),
      get: mortal('get', parked.get),
      delete: mortal('delete', parked.delete),
    },
  };
  return invoke(() => sweepSpill(mortalPorts, wideBounds));
}

describe('a spilled webhook is on its queue after the next run, though the sweeper died', () => {
  test.each(cases)('just $when $step', async ({ call, when }) => {
    const world = sweeperWorld();
    spill(world, 'e-1');
    expect(await sweepAndCrash(world, { call, when })).toBe('crashed');
    const sent = call === 'delete' || (call === 'send' && when === 'after');
    const deleted = call === 'delete' && when === 'after';
    expect(eventsSent(world)).toEqual(sent ? ['e-1'] : []);
    expect(world.parked.objects.size).toBe(deleted ? 0 : 1);

    await sweepSpill(world.ports, wideBounds);
    // Dead between the two: sent again, as the same event, which the processor's delivery record lets through once.
    expect(eventsSent(world)).toEqual(sent && !deleted ? ['e-1', 'e-1'] : ['e-1']);
    expect(world.parked.objects.size).toBe(0);
  });
});
