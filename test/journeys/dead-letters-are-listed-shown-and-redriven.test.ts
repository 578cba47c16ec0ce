import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod';
import { relayCommand } from '../operator/relay-child-process.ts';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

let relay: TestRelay;

beforeAll(async () => {
  const route = { verify: { kind: 'open-messaging' as const }, retry: { maxAttempts: 1 } };
  relay = await startTestRelay({ routes: { refused: route, crashing: route, large: route } });
}, 60_000);

afterAll(() => relay.stop());

const listed = z.array(
  z.looseObject({
    messageId: z.string(),
    eventId: z.string(),
    cause: z.string(),
    lastStatus: z.number().nullish(),
    attempts: z.number().nullish(),
  }),
);

async function dlq(...args: string[]): Promise<unknown> {
  const { stdout, stderr, exitCode } = await relayCommand([
    'dlq',
    ...args,
    '--json',
    '--local',
    new URL(relay.route('refused').ingestUrl).origin,
  ]);
  if (exitCode !== 0) throw new Error(`relay dlq ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout);
}

async function onlyDeadLetterOf(route: string) {
  const [deadLetter, ...others] = listed.parse(await dlq('list', '--route', route));
  if (deadLetter === undefined || others.length > 0) throw new Error(`not one dead letter, but ${others.length + 1}`);
  return deadLetter;
}

/** Long enough for the 34 processors that are killed one after the other, on a machine that has much else to do. */
const step = (name: string, eventId: string) =>
  relay.waitForStep((seen) => seen.step === name && seen.eventId === eventId, 80_000);

test('a refused event: at once, with its cause; redriven after the destination was mended, it arrives', async () => {
  const body = '{"order":1}';
  relay.destination.otherwise(answering(400));
  const eventId = await acceptedEventId(await relay.post('refused', body));
  await step('dead-letter', eventId);
  relay.destination.otherwise(answering(200));

  const deadLetter = await onlyDeadLetterOf('refused');
  expect(deadLetter).toMatchObject({ eventId, cause: 'rejected', lastStatus: 400, attempts: 1 });
  expect(JSON.stringify(await dlq('show', deadLetter.messageId))).toContain('{\\"order\\":1}');

  expect(await dlq('redrive', eventId, '--yes')).toMatchObject({ planned: 1, redriven: 1, failed: [] });
  await step('delivered', eventId);
  expect(relay.destination.all.filter((seen) => seen.eventId === eventId)).toHaveLength(2);
  expect(await dlq('list', '--route', 'refused')).toEqual([]);
}, 100_000);

test('an event that kills the processor: set aside by SQS; redriven after the mend, it arrives', async () => {
  const body = '{"poison":true}';
  relay.crashOn(({ Records }) => Records.some((record) => record.body === body));
  const eventId = await acceptedEventId(await relay.post('crashing', body));
  await step('dead-letter', eventId);
  relay.crashOn(() => false);

  const deadLetter = await onlyDeadLetterOf('crashing');
  expect(deadLetter).toMatchObject({ eventId, cause: 'receive-limit' });
  expect(JSON.stringify(await dlq('show', eventId))).toContain('{\\"poison\\":true}');

  await dlq('redrive', deadLetter.messageId, '--yes');
  await step('delivered', eventId);
  expect(await dlq('list', '--route', 'crashing')).toEqual([]);
}, 100_000);

test('a refused event that lies in S3 is shown and redriven from there', async () => {
  const body = `{"pages":"${'p'.repeat(400_000)}"}`;
  relay.destination.otherwise(answering(404));
  const eventId = await acceptedEventId(await relay.post('large', body));
  await step('dead-letter', eventId);
  relay.destination.otherwise(answering(200));

  expect(JSON.stringify(await dlq('show', eventId)).length).toBeGreaterThan(400_000);
  await dlq('redrive', '--route', 'large', '--yes');
  await step('delivered', eventId);
  const last = relay.destination.all.filter((seen) => seen.eventId === eventId).at(-1);
  expect(Buffer.from(last?.body ?? []).toString()).toBe(body);
}, 100_000);
