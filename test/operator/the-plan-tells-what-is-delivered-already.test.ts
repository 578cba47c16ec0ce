import { expect, test } from '@jest/globals';
import type { DeadLetter } from '../../lib/operator/dead-letters/dead-letter.ts';
import { planRedrive } from '../../lib/operator/redrive/plan-redrive.ts';
import { renderPlan } from '../../lib/operator/redrive/render-redrive.ts';

const routes = new Map([
  ['main', { queueUrl: 'https://sqs/main', deadLetterQueueUrl: 'https://sqs/main-dlq' }],
  ['other', { queueUrl: 'https://sqs/other', deadLetterQueueUrl: 'https://sqs/other-dlq' }],
  ['idle', { queueUrl: 'https://sqs/idle', deadLetterQueueUrl: 'https://sqs/idle-dlq' }],
]);

const nowMs = 1_800_000_000_000;
const relay = { flags: '--local' };
const paint = (_style: string, text: string) => text;

test('each dead letter goes back to the queue of the route it was found in; a route without any is left out', () => {
  const plan = planRedrive(
    [deadLetter('1', 'other'), deadLetter('2', 'main'), deadLetter('3', 'other')],
    routes,
    nowMs,
  );

  expect(plan.map(({ queueUrl, messages }) => [queueUrl, messages.map(({ messageId }) => messageId)])).toEqual([
    ['https://sqs/main', ['2']],
    ['https://sqs/other', ['1', '3']],
  ]);
});

test('only a delivered event is marked: the processor will take its message off without a POST', () => {
  const plan = planRedrive(
    [
      { ...deadLetter('1', 'main'), deliveryStatus: 'delivered' },
      { ...deadLetter('2', 'main'), deliveryStatus: 'failed' },
      { ...deadLetter('3', 'main'), deliveryStatus: undefined },
    ],
    routes,
    nowMs,
  );

  expect(plan[0]?.messages.map(({ alreadyDelivered }) => alreadyDelivered)).toEqual([true, false, false]);
  expect(renderPlan(plan, relay, { paint, columns: undefined })).toBe(
    [
      'main: 3 dead letters to https://sqs/main',
      '  1  rejected  event-1  already delivered',
      '  2  rejected  event-2',
      '  3  rejected  event-3',
      '1 of 3 already delivered: sent all the same, not posted again',
    ].join('\n'),
  );
});

test('a long plan is shown in part, and says so', () => {
  const deadLetters = Array.from({ length: 45 }, (_, index) => deadLetter(String(index), 'main'));

  const lines = renderPlan(planRedrive(deadLetters, routes, nowMs), relay, { paint, columns: undefined }).split('\n');

  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('  and 25 more: `npx relay dlq list --each --local` has all');
});

test('on a terminal of 100 columns the plan fits, and whole message ids with it', () => {
  const queueUrl = `https://sqs.eu-west-1.amazonaws.com/123456789012/${'Relay'.repeat(15)}`;
  const long = new Map([['open-messaging', { queueUrl, deadLetterQueueUrl: queueUrl }]]);
  const messageId = '5fea7756-0ea4-451a-a703-a558b933e274';
  const letter = {
    ...deadLetter(messageId, 'open-messaging'),
    eventId: 'e'.repeat(256),
    cause: 'attempts-exhausted',
    deliveryStatus: 'delivered' as const,
  };

  const rendered = renderPlan(planRedrive([letter], long, nowMs), relay, { paint, columns: 100 });

  expect(rendered).toContain(messageId);
  for (const line of rendered.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

function deadLetter(messageId: string, route: string): DeadLetter {
  return {
    messageId,
    route,
    eventId: `event-${messageId}`,
    cause: 'rejected',
    attempts: 1,
    lastStatus: 400,
    lastError: undefined,
    lastAnswer: undefined,
    receivedAtMs: 0,
    sentAtMs: 0,
    editedAtMs: undefined,
    deliveryStatus: 'failed',
    record: undefined,
    attributes: {},
  };
}
