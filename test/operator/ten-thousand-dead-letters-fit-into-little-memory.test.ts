import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { inParallel } from '../../lib/operator/in-parallel.ts';
import { rejectedMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, startEmulatedRelay } from './emulated-relay.ts';
import { serveReady, type TestServer } from './local-ready-server.ts';
import { relayCommand } from './relay-child-process.ts';

const total = 10_000;

/** In all 60 MB, more than the heap that the command is given: whoever keeps the bodies runs out of it. */
const bodyBytes = 6_000;

/** The program itself, with the AWS SDK, takes more than half of it. */
const heapMegabytes = 44;

describe('ten thousand dead letters', () => {
  let emulated: EmulatedRelay;
  let local: TestServer;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
    local = await serveReady(emulated.location);
    const body = JSON.stringify({ pages: 'p'.repeat(bodyBytes) });
    await inParallel(Array.from({ length: total / 10 }).keys(), 8, async (batch) => {
      await emulated.sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: emulated.main.deadLetterQueueUrl,
          Entries: Array.from({ length: 10 }, (_, index) => ({
            Id: String(index),
            MessageBody: body,
            MessageAttributes: Object.fromEntries(
              Object.entries(rejectedMessage(`event-${batch}-${index}`).attributes).map(([name, { type, value }]) => [
                name,
                { DataType: type, StringValue: String(value) },
              ]),
            ),
          })),
        }),
      );
    });
  }, 120_000);
  afterAll(async () => {
    await local.stop();
    await emulated.stop();
  });

  const list = (...args: string[]) =>
    relayCommand(['dlq', 'list', ...args, '--local', local.url], {
      NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}`,
    });

  test('are listed, each once, as one JSON document; and all can be received at once afterwards', async () => {
    const { exitCode, stdout, stderr } = await list('--json');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const listed = z.array(z.looseObject({ eventId: z.string() })).parse(JSON.parse(stdout));
    expect(listed).toHaveLength(total);
    expect(new Set(listed.map(({ eventId }) => eventId)).size).toBe(total);
    await emulated.untilReceivable(emulated.main.deadLetterQueueUrl, total);
  }, 120_000);

  test('are told in one line of a summary', async () => {
    const { exitCode, stdout } = await list();

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^10000 dead letters of .*\n.*\n10000 +main +rejected +422 /);
    await emulated.untilReceivable(emulated.main.deadLetterQueueUrl, total);
  }, 120_000);
});
