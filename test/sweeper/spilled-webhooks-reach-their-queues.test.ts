import { describe, expect, test } from '@jest/globals';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { text } from '../../lambdas/contract/message-attributes.ts';
import { spillKey, trialKey, writeSpilled } from '../../lambdas/contract/parked-message.ts';
import { type SpillWaiting, sweepSpill } from '../../lambdas/sweeper/sweep-spill.ts';
import { unavailable } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';
import { eventsSent, spill, spilledMessage, sweeperWorld, wideBounds } from '../support/sweeper-world.ts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a spilled webhook', () => {
  test('is put on the queue of its route as it was, and its object is gone', async () => {
    const world = sweeperWorld();
    spill(world, 'e-1');
    spill(world, 'e-2', 1, 'telemetry');
    await sweepSpill(world.ports, wideBounds);
    expect(world.queue.sent).toEqual([
      { queueUrl: 'queue-of-messaging', message: spilledMessage('e-1') },
      { queueUrl: 'queue-of-telemetry', message: spilledMessage('e-2', 'telemetry') },
    ]);
    expect(world.parked.objects.size).toBe(0);
    expect(world.steps).toEqual([
      { step: 'swept', route: 'messaging', eventId: 'e-1' },
      { step: 'swept', route: 'telemetry', eventId: 'e-2' },
    ]);
  });

  test('is swept before those that came after it', async () => {
    const world = sweeperWorld();
    for (const index of range(35).reverse()) spill(world, `e-${index}`, index * 1_000);
    await sweepSpill(world.ports, wideBounds);
    expect(eventsSent(world)).toEqual(range(35).map((index) => `e-${index}`));
  });

  test('is found on the second page, too', async () => {
    const world = sweeperWorld();
    for (const index of range(1_001)) spill(world, `e-${index}`, index);
    await sweepSpill(world.ports, wideBounds);
    expect(eventsSent(world)).toHaveLength(1_001);
    expect(world.parked.objects.size).toBe(0);
  });

  test('is alone what is swept of the bucket', async () => {
    const world = sweeperWorld();
    await world.parked.put(trialKey('messaging', 'one'), '{}');
    await sweepSpill(world.ports, wideBounds);
    expect(world.parked.objects.size).toBe(1);
    expect(world.steps).toEqual([]);
  });

  test('that another run takes at the same time is there twice at most, as one event', async () => {
    const world = sweeperWorld();
    for (const index of range(25)) spill(world, `e-${index}`, index);
    await Promise.all([sweepSpill(world.ports, wideBounds), sweepSpill(world.ports, wideBounds)]);
    expect(new Set(eventsSent(world)).size).toBe(25);
    expect(eventsSent(world).length).toBeLessThanOrEqual(50);
    expect(world.parked.objects.size).toBe(0);
    expect(world.steps.filter(({ step }) => step === 'fault')).toEqual([]);
  });
});

describe('one run', () => {
  test('takes no more webhooks than it may', async () => {
    const world = sweeperWorld();
    for (const index of range(30)) spill(world, `e-${index}`, index);
    await sweepSpill(world.ports, { ...wideBounds, mostWebhooks: 13 });
    expect(eventsSent(world)).toEqual(range(13).map((index) => `e-${index}`));
    await sweepSpill(world.ports, wideBounds);
    expect(eventsSent(world)).toEqual(range(30).map((index) => `e-${index}`));
  });

  test('begins nothing that may not be over before the function ends', async () => {
    const world = sweeperWorld();
    for (const index of range(30)) spill(world, `e-${index}`, index);
    const send: typeof world.queue.send = async (...args) => {
      await world.queue.send(...args);
      world.clock.advance(1_000);
    };
    // 16 s for one webhook at worst leave 4 s to begin in, and ten at a time take 10 s.
    await sweepSpill({ ...world.ports, send }, { ...wideBounds, endsAtMs: startMs + 20_000 });
    expect(eventsSent(world)).toHaveLength(10);
  });
});

describe('what is left in the spill', () => {
  const counts = (waiting: SpillWaiting | undefined) => waiting && Object.fromEntries(waiting);

  test('is nothing, for each route, where there was nothing or everything was swept', async () => {
    const world = sweeperWorld();
    expect(counts(await sweepSpill(world.ports, wideBounds))).toEqual({ messaging: 0, telemetry: 0 });
    for (const index of range(15)) spill(world, `e-${index}`, index);
    expect(counts(await sweepSpill(world.ports, wideBounds))).toEqual({ messaging: 0, telemetry: 0 });
  });

  test('is counted to the end when no queue takes anything, without a read of each', async () => {
    const world = sweeperWorld({ send: unavailable });
    for (const index of range(2_400)) spill(world, `e-${index}`, index, index % 3 === 0 ? 'telemetry' : 'messaging');
    let reads = 0;
    const get = (key: string) => {
      reads += 1;
      return world.parked.get(key);
    };
    const waiting = await sweepSpill({ ...world.ports, parked: { ...world.parked, get } }, wideBounds);
    expect(counts(waiting)).toEqual({ messaging: 1_600, telemetry: 800 });
    expect(reads).toBe(10);
  });

  test('is what a run had no room for, and what cannot be swept', async () => {
    const world = sweeperWorld();
    spill(world, 'g-1', 0, 'gone');
    for (const index of range(30)) spill(world, `e-${index}`, index + 1);
    const waiting = await sweepSpill(world.ports, { ...wideBounds, mostWebhooks: 13 });
    expect(counts(waiting)).toEqual({ messaging: 17, telemetry: 0, gone: 1 });
    expect(world.parked.objects.size).toBe(18);
  });

  test('is counted without a route where it was spilled by a version that had none in its keys', async () => {
    const world = sweeperWorld({ send: unavailable });
    await world.parked.put(
      'spill/001772619322417-5d1a7a3e',
      writeSpilled({ route: 'gone', message: spilledMessage('e-0') }),
    );
    expect(counts(await sweepSpill(world.ports, wideBounds))).toEqual({ messaging: 0, telemetry: 0, unknown: 1 });
  });

  test('is what another run has not taken', async () => {
    const world = sweeperWorld();
    for (const index of range(5)) spill(world, `e-${index}`, index);
    const get = async (key: string) => {
      world.parked.objects.delete(key);
      return 'missing' as const;
    };
    const waiting = await sweepSpill({ ...world.ports, parked: { ...world.parked, get } }, wideBounds);
    expect(counts(waiting)).toEqual({ messaging: 0, telemetry: 0 });
  });

  test('is not known while the bucket cannot be listed: 0 would say that all is well', async () => {
    const world = sweeperWorld();
    const parked = { ...world.parked, list: unavailable };
    expect(await sweepSpill({ ...world.ports, parked }, wideBounds)).toBeUndefined();
  });

  test('is counted no longer than the function may run', async () => {
    const world = sweeperWorld({ send: unavailable });
    for (const index of range(5_000)) spill(world, `e-${index}`, index);
    const list = (prefix: string, after?: string) => {
      world.clock.advance(10_000);
      return world.parked.list(prefix, after);
    };
    // Three lists fit in: after them less than the 6 s are left that another might take.
    const waiting = await sweepSpill(
      { ...world.ports, parked: { ...world.parked, list } },
      { ...wideBounds, endsAtMs: startMs + 35_000 },
    );
    expect(counts(waiting)).toEqual({ messaging: 3_000, telemetry: 0 });
  });
});

describe('a fault', () => {
  test('of SQS ends the run, and leaves everything where it is', async () => {
    let sends = 0;
    const world = sweeperWorld({
      send: () => {
        sends += 1;
        return unavailable();
      },
    });
    for (const index of range(100)) spill(world, `e-${index}`, index, index % 2 === 0 ? 'messaging' : 'telemetry');
    await sweepSpill(world.ports, wideBounds);
    expect(sends).toBe(10);
    expect(world.parked.objects.size).toBe(100);
    expect(world.steps[0]).toMatchObject({
      step: 'fault',
      route: 'messaging',
      eventId: 'e-0',
      during: expect.stringMatching(/^sending spill/),
    });
  });

  test('of one queue holds up no other route', async () => {
    const world = sweeperWorld();
    const send: typeof world.queue.send = (queueUrl, message) =>
      queueUrl === 'queue-of-messaging' ? unavailable() : world.queue.send(queueUrl, message);
    for (const index of range(40)) spill(world, `e-${index}`, index);
    for (const index of range(5)) spill(world, `t-${index}`, 100 + index, 'telemetry');
    await sweepSpill({ ...world.ports, send }, wideBounds);
    expect(eventsSent(world)).toEqual(range(5).map((index) => `t-${index}`));
    expect(world.parked.objects.size).toBe(40);
  });

  test('of one message, which SQS never takes, holds up nothing of its route', async () => {
    const world = sweeperWorld();
    const send: typeof world.queue.send = (queueUrl, message) =>
      message.attributes.EventId?.value === 'e-0' ? unavailable() : world.queue.send(queueUrl, message);
    for (const index of range(25)) spill(world, `e-${index}`, index);
    await sweepSpill({ ...world.ports, send }, wideBounds);
    expect(eventsSent(world)).toHaveLength(24);
  });

  test('of S3 when it lists ends the run', async () => {
    const world = sweeperWorld();
    await sweepSpill({ ...world.ports, parked: { ...world.parked, list: unavailable } }, wideBounds);
    expect(world.steps).toEqual([
      {
        step: 'fault',
        route: 'unknown',
        during: 'listing the spill',
        error: expect.stringContaining(ServiceUnavailableError.name),
      },
    ]);
  });

  test.each(['get', 'delete'] as const)('of S3 at every %s ends the run', async (call) => {
    const world = sweeperWorld();
    for (const index of range(100)) spill(world, `e-${index}`, index);
    await sweepSpill({ ...world.ports, parked: { ...world.parked, [call]: unavailable } }, wideBounds);
    expect(world.parked.objects.size).toBe(100);
    // Every webhook that cannot be deleted is a copy each minute: ten of them, not the whole spill.
    expect(eventsSent(world)).toHaveLength(call === 'delete' ? 10 : 0);
  });

  test('of S3 at one object holds up no other', async () => {
    const world = sweeperWorld();
    const broken = spill(world, 'e-0');
    for (const index of range(20)) spill(world, `e-${index + 1}`, index + 1);
    const get = (key: string) => (key === broken ? unavailable() : world.parked.get(key));
    await sweepSpill({ ...world.ports, parked: { ...world.parked, get } }, wideBounds);
    expect(eventsSent(world)).toHaveLength(20);
    expect([...world.parked.objects.keys()]).toEqual([broken]);
  });
});

describe('an object that cannot be swept stays where it is, and holds up no other', () => {
  const cases: readonly [string, string, string][] = [
    ['is no JSON', 'not JSON', 'not a webhook that the relay has spilled'],
    ['is another JSON', '{"route":"messaging"}', 'not a webhook that the relay has spilled'],
    [
      'has attributes that the relay never writes',
      writeSpilled({ route: 'messaging', message: { body: 'x', attributes: { ReceivedAt: text('yesterday') } } }),
      'not a webhook that the relay has spilled',
    ],
    [
      'belongs to a route that is no more',
      writeSpilled({ route: 'gone', message: spilledMessage('e-0', 'gone') }),
      'the relay has no such route',
    ],
    [
      'belongs to a route that every object has',
      writeSpilled({ route: 'constructor', message: spilledMessage('e-0', 'constructor') }),
      'the relay has no such route',
    ],
  ];

  test.each(cases)('because it %s', async (_why, object, error) => {
    const world = sweeperWorld();
    const key = spillKey(startMs - 1, 'broken', 'messaging');
    await world.parked.put(key, object);
    spill(world, 'e-1');
    await sweepSpill(world.ports, wideBounds);
    expect(eventsSent(world)).toEqual(['e-1']);
    expect([...world.parked.objects.keys()]).toEqual([key]);
    const faults = world.steps.filter(({ step }) => step === 'fault');
    expect(faults).toMatchObject([{ during: expect.stringContaining(key), error }]);
  });

  test('and a whole page of them is passed, with one line for their route', async () => {
    const world = sweeperWorld();
    for (const index of range(1_000)) spill(world, `g-${index}`, index, 'gone');
    spill(world, 'e-1', 2_000);
    await sweepSpill(world.ports, { ...wideBounds, mostWebhooks: 10 });
    expect(eventsSent(world)).toEqual(['e-1']);
    expect(world.steps.filter(({ step }) => step === 'fault')).toHaveLength(1);
  });
});
