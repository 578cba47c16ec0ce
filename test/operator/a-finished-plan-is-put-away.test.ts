import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CarryOutTools } from '../../lib/operator/redrive/carry-out-redrive.ts';
import { type StoredPlan, usualPlanPath } from '../../lib/operator/redrive/plan-file.ts';
import { runRedrive } from '../../lib/operator/redrive/run-redrive.ts';
import { runResume } from '../../lib/operator/redrive/run-resume.ts';
import { rejectedMessage } from './dead-letter-messages.ts';
import { recordingTerminal } from './dlq-terminal.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';
import { memoryPlanFiles } from './memory-plan-files.ts';

const redrivenAtMs = 1_800_000_000_000;
const options = { rate: 500, stopAtPercent: 50, waitMs: 50, yes: true, dryRun: false, json: false } as const;

describe('a plan that is resumed to its end', () => {
  let emulated: EmulatedRelay;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
  });
  beforeEach(() => emulated.reset());
  afterAll(() => emulated.stop());

  /** There is no processor here: the records say what one would have made of them. */
  const toolsFor = (status: 'delivered' | 'failed', changed: Partial<CarryOutTools> = {}) => {
    const files = memoryPlanFiles();
    const tools: CarryOutTools = {
      relay: {
        ...emulated.relay,
        readDeliveryStates: async (keys) => new Map(keys.map((key) => [key, { status, attempts: 1, redrivenAtMs }])),
      },
      now: Date.now,
      signal: new AbortController().signal,
      planFiles: files,
      pause: async () => {},
      ...changed,
    };
    return { files, tools };
  };
  const planOf = (messageId: string, eventId: string, state: 'planned' | 'redriven'): StoredPlan => ({
    createdAtMs: redrivenAtMs,
    relay: 'the emulated relay',
    deadLetterQueueUrls: { main: emulated.main.deadLetterQueueUrl },
    entries: [{ route: 'main', messageId, eventId, cause: 'rejected', redrivenAtMs, state }],
  });
  const resume = async (path: string | undefined, status: 'delivered' | 'failed' = 'delivered') => {
    const { files, tools } = toolsFor(status);
    const eventId = newEventId();
    const messageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));
    const plan = planOf(messageId, eventId, 'planned');
    const recorded = recordingTerminal();
    const painted: string[] = [];
    const terminal = {
      ...recorded.terminal,
      paint: (style: unknown, text: string) => {
        painted.push(`${style}: ${text}`);
        return text;
      },
    };
    files.written.push(plan);
    const exitCode = await runResume(path ?? usualPlanPath(plan), options, tools, terminal);
    return { exitCode, removed: files.removed, noted: recorded.noted.join('\n'), painted, plan };
  };

  test('is removed when it has the name that it got by itself, and nothing more is asked for', async () => {
    const { exitCode, removed, noted, plan } = await resume(undefined);

    expect({ exitCode, removed }).toEqual({ exitCode: 0, removed: [usualPlanPath(plan)] });
    expect(noted).not.toContain('--resume');
  });

  test('stays when the operator named it, and nothing more is asked for', async () => {
    const { exitCode, removed, noted } = await resume('fix.json');

    expect({ exitCode, removed }).toEqual({ exitCode: 0, removed: [] });
    expect(noted).not.toContain('--resume');
  });

  test('of what failed again stays, says how to go on, and is not green', async () => {
    const { exitCode, removed, noted, painted } = await resume(undefined, 'failed');

    expect({ exitCode, removed }).toEqual({ exitCode: 1, removed: [] });
    expect(noted).toMatch(/npx relay dlq redrive --resume relay-redrive-\S+\.json --stack Emulated$/);
    expect(painted).toContain('yellow: 1 of 1 dead letter redriven');
  });

  test('is removed, too, when all that was missing was the news that its events are delivered', async () => {
    const { files, tools } = toolsFor('delivered');
    const plan = planOf('gone', newEventId(), 'redriven');
    files.written.push(plan);

    expect(await runResume(usualPlanPath(plan), options, tools, recordingTerminal().terminal)).toBe(0);
    expect(files.removed).toEqual([usualPlanPath(plan)]);
  });

  test('the bar of a redrive that is interrupted stands where it came to', async () => {
    for (const _ of [1, 2, 3]) await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));
    const interruption = new AbortController();
    const { tools } = toolsFor('delivered', {
      signal: interruption.signal,
      pause: async () => interruption.abort(),
    });
    const shown: number[] = [];
    const terminal = {
      ...recordingTerminal().terminal,
      openBar: () => ({ update: (done: number) => shown.push(done), stop: () => {} }),
    };

    await runRedrive({ ...options, rate: 0.5, selection: { ids: [] } }, tools, terminal);

    expect(Math.max(...shown)).toBe(1);
  });
});
