import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../lambdas/contract/ports.ts';
import { type FreshRedriveOptions, runRedrive } from '../../lib/operator/redrive/run-redrive.ts';
import type { Terminal } from '../../lib/operator/terminal/terminal.ts';
import { rejectedMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';
import { memoryPlanFiles } from './memory-plan-files.ts';

/** There is no processor here, and no outcome to wait for. */
const unhurried = { rate: 500, stopAtPercent: 50, waitMs: 0 } as const;

describe('the redrive command', () => {
  let emulated: EmulatedRelay;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
  });
  beforeEach(() => emulated.reset());
  afterAll(() => emulated.stop());

  const run = async (
    ids: readonly string[],
    options: Partial<FreshRedriveOptions>,
    confirm?: Terminal['confirm'],
    signal = new AbortController().signal,
    now: Clock = Date.now,
  ) => {
    const printed: string[] = [];
    const noted: string[] = [];
    const exitCode = await runRedrive(
      { selection: { ids }, ...unhurried, yes: false, dryRun: false, json: false, ...options },
      { relay: emulated.relay, now, signal, planFiles: memoryPlanFiles(), pause: async () => undefined },
      {
        openBar: () => ({ update: () => {}, stop: () => {} }),
        print: (line) => printed.push(line),
        note: (line) => noted.push(line),
        progress: () => {},
        paint: (_style, text) => text,
        columns: undefined,
        confirm,
      },
    );
    return { exitCode, printed: printed.join('\n'), noted: noted.join('\n') };
  };

  test('asks about what it shows, and redrives on a yes', async () => {
    const eventId = newEventId();
    await emulated.recordDelivery('main', eventId, { status: 'delivered', attempts: 2 });
    const messageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));
    const questions: string[] = [];

    const { exitCode, printed } = await run([], {}, async (question) => {
      questions.push(question);
      return true;
    });

    expect(questions).toEqual(['redrive 1 dead letter of the emulated relay?']);
    expect(printed).toContain(`main: 1 dead letter to ${emulated.main.queueUrl}`);
    expect(printed).toContain(`${messageId}  rejected`);
    expect(printed).toContain('already delivered');
    expect(printed).toContain('1 of 1 dead letter redriven');
    expect(exitCode).toBe(0);
    expect(await emulated.drain(emulated.main.queueUrl)).toHaveLength(1);
  });

  test('a no leaves everything where it is, softly', async () => {
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));

    const { exitCode, noted } = await run([], {}, async () => false);

    expect({ exitCode, noted }).toEqual({ exitCode: 1, noted: 'nothing was redriven' });
    expect(await emulated.drain(emulated.main.queueUrl)).toEqual([]);
    expect(await emulated.drain(emulated.main.deadLetterQueueUrl)).toHaveLength(1);
  });

  test('a dry run shows the plan and does nothing', async () => {
    const eventId = newEventId();
    const messageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));

    const { exitCode, printed } = await run([], { dryRun: true, json: true });

    expect(exitCode).toBe(0);
    expect(JSON.parse(printed)).toEqual({
      planned: 1,
      redriven: 0,
      missing: 0,
      notReached: 0,
      failed: [],
      delivered: 0,
      failedAgain: 0,
      retrying: 0,
      underWay: 0,
      stopped: null,
      planFile: null,
      unknownIds: [],
      incompleteRoutes: [],
      messages: [{ messageId, route: 'main', eventId, cause: 'rejected', alreadyDelivered: false, outcome: 'planned' }],
    });
    expect(await emulated.drain(emulated.main.deadLetterQueueUrl)).toHaveLength(1);
  });

  test('a queue that could not be read to its end is named, and is not all done', async () => {
    for (let index = 0; index < 12; index++) {
      await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));
    }
    // Every look at the clock is a minute later: the time for reading is over after the first ten.
    let minutes = 0;
    const hurried = () => Date.now() + minutes++ * 60_000;

    const { exitCode, printed, noted } = await run(
      [],
      { yes: true, json: true },
      undefined,
      new AbortController().signal,
      hurried,
    );

    expect(exitCode).toBe(1);
    expect(noted).toContain('cut short: main');
    expect(JSON.parse(printed)).toMatchObject({ incompleteRoutes: expect.arrayContaining(['main']) });
  });

  test('an id that is unknown does not hold up the others, and shows in the exit code', async () => {
    const messageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));

    const { exitCode, printed, noted } = await run([messageId, 'nobody'], { yes: true, json: true });

    expect(exitCode).toBe(1);
    expect(noted).toContain('"nobody"');
    expect(JSON.parse(printed)).toMatchObject({ planned: 1, redriven: 1, unknownIds: ['nobody'] });
  });

  test('an interruption before the first message changes nothing', async () => {
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));

    await expect(run([], { yes: true }, undefined, AbortSignal.abort(new Error('interrupted')))).rejects.toThrow(
      'interrupted',
    );

    expect(await emulated.drain(emulated.main.deadLetterQueueUrl)).toHaveLength(1);
  });

  test.each([
    [{}, 'there is no terminal to confirm on: add --yes'],
    [{ json: true }, '--json cannot ask: add --yes'],
  ])('with nobody to ask (%j) it is refused', async (options, message) => {
    await expect(run([], options)).rejects.toThrow(message);
  });
});
