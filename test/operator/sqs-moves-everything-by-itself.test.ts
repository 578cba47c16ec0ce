import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectRelay } from '../../lib/operator/connection/connect-relay.ts';
import { type MoveAllOptions, runMoveAll } from '../../lib/operator/redrive/run-move-all.ts';
import { rejectedMessage } from './dead-letter-messages.ts';
import { recordingTerminal } from './dlq-terminal.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';
import { memoryPlanFiles } from './memory-plan-files.ts';
import { type MoveTaskServer, serveMoveTasks } from './sqs-with-move-tasks.ts';

const task = (Status: string, moved: number, more = {}) => ({
  Status,
  ApproximateNumberOfMessagesMoved: moved,
  ApproximateNumberOfMessagesToMove: 2,
  ...more,
});

describe('relay dlq redrive --all', () => {
  let emulated: EmulatedRelay;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
  });
  beforeEach(async () => {
    await emulated.reset();
    for (let index = 0; index < 2; index++) {
      await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));
    }
  });
  afterAll(() => emulated.stop());

  const run = async (
    options: Partial<MoveAllOptions>,
    { server, signal = new AbortController().signal }: { server?: MoveTaskServer; signal?: AbortSignal } = {},
  ) => {
    const { location } = emulated;
    if (location.access.kind !== 'emulators') throw new Error('these are emulators');
    const access = { ...location.access, sqs: server?.url ?? location.access.sqs };
    const relay = connectRelay({ ...location, access });
    const { terminal, printed, noted } = recordingTerminal();
    try {
      const exitCode = await runMoveAll(
        { yes: true, dryRun: false, json: false, rate: 50, stopAtPercent: 50, waitMs: 0, ...options },
        { relay, now: Date.now, signal, pause: async () => undefined, planFiles: memoryPlanFiles() },
        terminal,
      );
      return { exitCode, printed, noted };
    } finally {
      relay.close();
    }
  };

  const withServer = async (progress: readonly object[], use: (server: MoveTaskServer) => Promise<void>) => {
    if (emulated.location.access.kind !== 'emulators') throw new Error('these are emulators');
    const server = await serveMoveTasks(emulated.location.access.sqs, ...progress);
    try {
      await use(server);
    } finally {
      await server.stop();
    }
  };

  test('has SQS move them to the queue of their route, which SQS cannot know by itself, at the rate', async () => {
    await withServer([task('RUNNING', 1), task('COMPLETED', 2)], async (server) => {
      const { exitCode, printed } = await run({}, { server });

      expect(server.started).toEqual([
        {
          SourceArn: expect.stringMatching(/:main-dlq$/),
          DestinationArn: expect.stringMatching(/:main$/),
          MaxNumberOfMessagesPerSecond: 50,
        },
      ]);
      expect({ exitCode, printed }).toEqual({
        exitCode: 0,
        printed: ['main: about 2 dead letters', 'main: completed, about 2 messages moved'],
      });
    });
  });

  test('tells why SQS gave up', async () => {
    await withServer(
      [task('FAILED', 1, { FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' })],
      async (server) => {
        const { exitCode, noted } = await run({}, { server });

        expect(exitCode).toBe(1);
        expect(noted).toEqual(['main: SQS gave up: AWS.SimpleQueueService.NonExistentQueue']);
      },
    );
  });

  test('Ctrl-C has SQS stop, and says how to go on', async () => {
    await withServer([task('RUNNING', 1)], async (server) => {
      const interruption = new AbortController();
      const pending = run({ json: false }, { server, signal: interruption.signal });
      while (server.started.length === 0) await new Promise((resolve) => setImmediate(resolve));
      interruption.abort();
      const { exitCode, noted } = await pending;

      expect(exitCode).toBe(1);
      expect(server.cancelled).toEqual([{ TaskHandle: 'task-1' }]);
      expect(noted.at(-1)).toBe('the rest is still in the dead letter queue: run it again to go on');
    });
  });

  test('a dry run starts nothing', async () => {
    await withServer([task('COMPLETED', 0)], async (server) => {
      const { exitCode, printed } = await run({ dryRun: true }, { server });

      expect({ exitCode, printed }).toEqual({ exitCode: 0, printed: ['main: about 2 dead letters'] });
      expect(server.started).toEqual([]);
    });
  });

  test('where the service has no such tasks, each is redriven by itself', async () => {
    const { exitCode, noted, printed } = await run({});

    expect(exitCode).toBe(0);
    expect(noted[0]).toBe('this service has no message move task: done message by message instead');
    expect(printed).toContainEqual(expect.stringContaining('2 of 2 dead letters redriven'));
    expect(await emulated.drain(emulated.main.queueUrl)).toHaveLength(2);
    expect(await emulated.drain(emulated.main.deadLetterQueueUrl)).toEqual([]);
  });
});
