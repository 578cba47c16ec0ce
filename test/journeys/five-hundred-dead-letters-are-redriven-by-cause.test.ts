import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod';
import { type MessageAttributes, number, text, webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import { payloadKey, writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { inParallel } from '../../lib/operator/in-parallel.ts';
import { relayCommand, startRelayCommand } from '../operator/relay-child-process.ts';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

const route = 'orders';
/** Has dead letters of one cause only. */
const other = 'payments';
const alone = 40;
const counts = {
  rejected: 120,
  'attempts-exhausted': 80,
  'wrong-route': 80,
  'malformed-message': 80,
  'foreign-pointer': 70,
  'payload-missing': 70,
} as const;
const all = 500;

let relay: TestRelay;
let directory: string;
let rejectedIds: readonly string[];
let otherIds: readonly string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-journey-'));
  const signed = { verify: { kind: 'open-messaging' as const } };
  relay = await startTestRelay({ routes: { [route]: signed, [other]: signed } });
  relay.destination.otherwise(answering(400));
  rejectedIds = await postRejected(route, counts.rejected);
  otherIds = await postRejected(other, alone);
  await sendPoison();
  await untilDeadLetters(route, all);
  await untilDeadLetters(other, alone);
}, 180_000);

afterAll(async () => {
  await relay.stop();
  await rm(directory, { recursive: true });
});

test('six causes: grouped, one picked and redriven; ten fail, it stops and says why; mended, each of the rest arrives once', async () => {
  const grouped = await dlq('list', '--route', route, '--group-by', 'cause', '--json');
  const groups = z.array(z.looseObject({ cause: z.string(), count: z.number() })).parse(JSON.parse(grouped.stdout));
  expect(Object.fromEntries(groups.map(({ cause, count }) => [cause, count]))).toEqual(counts);
  // What is asked for first at night needs no option.
  const summary = (await dlq('list', '--route', route)).stdout;
  expect(summary).toMatch(/^500 dead letters of .*\nCOUNT .*\n120 +orders +rejected +400 /);
  expect(await deadLetters(route)).toBe(all);

  const plan = join(directory, 'plan.json');
  const dry = await dlq('redrive', '--route', route, '--cause', 'rejected', '--dry-run', '--plan', plan, '--json');
  expect(JSON.parse(dry.stdout)).toMatchObject({ planned: counts.rejected, redriven: 0, planFile: plan });
  expect(await deadLetters(route)).toBe(all);

  // The first ten that it is sent it fails, and no other.
  relay.destination.otherwise(answering(400));
  const before = relay.destination.all.length;
  relay.destination
    .waitFor(() => relay.destination.all.length === before + 10, 60_000)
    .then(
      () => relay.destination.otherwise(answering(200)),
      () => undefined,
    );
  const stopped = await dlq('redrive', '--resume', plan, '--rate', '20', '--yes');

  expect(stopped.exitCode).toBe(1);
  expect(stopped.stderr).toContain(
    'stopped: 10 of the latest 10 outcomes of route orders failed again (10 × status 400)',
  );
  expect(stopped.stderr).toContain(`npx relay dlq redrive --resume ${plan} --local `);
  expect(stopped.stdout).toContain('10 of 120 dead letters redriven: 10 failed again');
  expect(stopped.stdout).toContain('stopped before 110 dead letters: still in the dead letter queue');
  expect(relay.destination.all).toHaveLength(before + 10);
  expect(await deadLetters(route)).toBe(all);

  const startedAtMs = performance.now();
  const resumed = await dlq('redrive', '--resume', plan, '--rate', '20', '--yes', '--json');
  const tookMs = performance.now() - startedAtMs;

  expect(JSON.parse(resumed.stdout)).toMatchObject({
    planned: counts.rejected,
    redriven: counts.rejected,
    delivered: counts.rejected,
    failedAgain: 0,
    stopped: null,
  });
  expect(resumed.exitCode).toBe(0);
  // 120 at 20 a second, less the second that it may catch up.
  expect(tookMs).toBeGreaterThan(5_000);
  expect(await deadLetters(route)).toBe(all - counts.rejected);
  const afterTheTen = relay.destination.all.slice(before + 10).map(({ eventId }) => eventId);
  expect(afterTheTen.toSorted()).toEqual(rejectedIds.toSorted());

  // Nothing is left of the plan, and it says so.
  const again = await dlq('redrive', '--resume', plan, '--yes');
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('120 of 120 events delivered') });
  expect(relay.destination.all).toHaveLength(before + 130);
}, 180_000);

test('Ctrl-C in the middle leaves nothing lost, and the plan knows where it was', async () => {
  relay.destination.otherwise(answering(200));
  const before = relay.destination.all.length;
  const plan = join(directory, 'interrupted.json');

  const args = ['--route', other, '--rate', '10', '--plan', plan, '--yes', '--json'];
  const redrive = startRelayCommand(['dlq', 'redrive', ...args, ...local()]);
  await relay.destination.waitFor(() => relay.destination.all.length >= before + 15, 60_000);
  redrive.interrupt();
  const interrupted = await redrive.finished;

  const left = z.object({ redriven: z.number(), notReached: z.number() }).parse(JSON.parse(interrupted.stdout));
  expect(interrupted.exitCode).toBe(1);
  expect(left.redriven + left.notReached).toBe(alone);
  expect(left.notReached).toBeGreaterThan(0);

  expect((await dlq('redrive', '--resume', plan, '--yes', '--json')).exitCode).toBe(0);
  const posted = relay.destination.all.slice(before).map(({ eventId }) => eventId);
  expect(posted.toSorted()).toEqual(otherIds.toSorted());
  expect(await deadLetters(other)).toBe(0);
}, 180_000);

function local(): readonly string[] {
  return ['--local', new URL(relay.route(route).ingestUrl).origin];
}

function dlq(...args: string[]) {
  return relayCommand(['dlq', ...args, ...local()]);
}

async function postRejected(to: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  await inParallel(Array.from({ length: count }).keys(), 10, async (index) => {
    ids.push(await acceptedEventId(await relay.post(to, JSON.stringify({ id: randomUUID(), order: index }))));
  });
  return ids;
}

/** What the relay cannot read it sets aside by itself; a destination that fails for days is told by its dead letters. */
async function sendPoison(): Promise<void> {
  const { queueUrl, deadLetterQueueUrl } = relay.route(route);
  const bucket = relay.ready.payloadBucketName;
  const pointer = (key: string) => writePointer({ bucket, key });
  const size = { ExtendedPayloadSize: number(300_000) };
  const exhausted = { Cause: text('attempts-exhausted'), LastStatus: number(503), Attempts: number(10) };
  await sendEach(counts['attempts-exhausted'], deadLetterQueueUrl, () => '{}', exhausted);
  await sendEach(counts['wrong-route'], queueUrl, () => '{}', { Route: text('other') });
  await sendEach(counts['malformed-message'], queueUrl, () => 'no base64!', { BodyEncoding: text('base64') });
  await sendEach(counts['foreign-pointer'], queueUrl, () => pointer('somebody/elses'), size);
  await sendEach(counts['payload-missing'], queueUrl, () => pointer(payloadKey(route, randomUUID())), size);
}

async function sendEach(count: number, QueueUrl: string, body: () => string, extra: MessageAttributes): Promise<void> {
  await inParallel(Array.from({ length: count }).keys(), 10, async () => {
    const webhook = { eventId: randomUUID(), route, receivedAtMs: Date.now(), contentType: 'application/json' };
    const attributes = Object.entries({ ...webhookAttributes(webhook), ...extra });
    await relay.sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: body(),
        MessageAttributes: Object.fromEntries(
          attributes.map(([name, { type, value }]) => [name, { DataType: type, StringValue: value }]),
        ),
      }),
    );
  });
}

/** Visible ones: what somebody still hides is not left as it was. */
async function deadLetters(of: string): Promise<number> {
  const { Attributes } = await relay.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: relay.route(of).deadLetterQueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

async function untilDeadLetters(of: string, count: number): Promise<void> {
  const deadlineMs = performance.now() + 100_000;
  while ((await deadLetters(of)) < count) {
    if (performance.now() > deadlineMs) throw new Error(`gave up waiting for ${count} dead letters of ${of}`);
    await sleep(50);
  }
}
