import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { relayCommand } from '../operator/relay-child-process.ts';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { mappingOf } from '../support/route-mapping.ts';
import { answering } from '../support/scripted-endpoint.ts';

/** As deployed, but for what is counted in seconds, of which there are far fewer here. */
const fastBreaker = {
  ...breakerSettings,
  streakSeconds: 1,
  pauseSeconds: 1,
  longestPauseSeconds: 4,
  pausedHideSeconds: 2,
  trialHideSeconds: 2,
  // Three steps of it last longer than the backoff of an event that is left from a pause: that one is then delivered
  // before the route is closed, as on AWS, and not when its original comes back in some hours.
  tickSeconds: 4,
};

const maxConcurrency = 7;

let relay: TestRelay;

beforeAll(async () => {
  const route = {
    verify: { kind: 'open-messaging' as const },
    // A processor holds what it gets of a paused route for as long as it may run.
    deliverTo: { maxConcurrency, timeoutSeconds: 1 },
    retry: { maxAttempts: 5, baseSeconds: 1, capSeconds: 1 },
  };
  relay = await startTestRelay({
    routes: { outage: route, gone: route, maintained: route },
    variables: { BREAKER: JSON.stringify(fastBreaker) },
    // Never by itself: each tick is the test's own.
    scheduleEveryMs: 3_600_000,
  });
}, 60_000);

afterAll(() => relay.stop());

const postsOf = (route: string) => relay.destination.all.filter((seen) => seen.route === route);
const stepsOf = (step: string, route: string) =>
  relay.steps.filter((seen) => seen.step === step && seen.route === route);
const phaseOf = (route: string) => stepsOf('breaker', route).at(-1)?.to;

async function send(route: string, id: string): Promise<string> {
  return acceptedEventId(await relay.post(route, `{"type":"Text","id":"${id}","channel":{"id":"${route}"}}`));
}

function delivered(eventId: string) {
  return relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === eventId, 40_000);
}

/** Lets the scheduled functions run one time after the other until something is so. */
async function tickUntil(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 40_000;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`ticked in vain: ${what}`);
    await relay.tick();
  }
}

async function deadLettersOf(route: string): Promise<number> {
  const { Attributes = {} } = await relay.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: relay.route(route).deadLetterQueueUrl, AttributeNames: ['All'] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
}

async function operate(...args: string[]): Promise<unknown> {
  const { origin } = new URL(relay.route('outage').ingestUrl);
  const { stdout, stderr, exitCode } = await relayCommand(['route', ...args, '--json', '--local', origin]);
  if (exitCode !== 0) throw new Error(`relay route ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout);
}

async function listed(route: string): Promise<unknown> {
  const routes = z.array(z.looseObject({ route: z.string() })).parse(await operate('list'));
  return routes.find((document) => document.route === route);
}

/** Ramps one tick after the other until the mapping is as the config has it. */
async function rampUp(route: string): Promise<void> {
  await tickUntil(`the breaker of ${route} is closed`, () => phaseOf(route) === 'closed');
  expect(await mappingOf(route, relay.ready)).toEqual({ enabled: true, concurrency: maxConcurrency });
}

test('a destination that is down: paused, tried, reopened; nothing is lost, and no attempt used up', async () => {
  relay.destination.otherwise(answering(503));
  const first = await send('outage', 'first');
  const opened = await relay.waitForStep((seen) => seen.step === 'breaker' && seen.route === 'outage', 30_000);
  expect(opened).toMatchObject({ from: 'closed', to: 'open', reason: 'failing', error: 'HTTP 503' });
  expect(postsOf('outage').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);

  await relay.tick();
  expect(await mappingOf('outage', relay.ready)).toEqual({ enabled: false });
  // A trial comes to nothing while the event is not due: then it makes no POST.
  const failedTrials = () => stepsOf('trial', 'outage').filter(({ outcome }) => outcome === 'failed');
  await tickUntil('the destination was tried twice', () => failedTrials().length >= 2);
  for (const { outcome } of stepsOf('trial', 'outage')) expect(['failed', 'unknown']).toContain(outcome);
  // From the pause on a POST for each trial, and none but those.
  expect(postsOf('outage').map(({ eventId }) => eventId)).toEqual([
    ...[first, first, first],
    ...failedTrials().map(({ eventId }) => eventId),
  ]);
  expect(await mappingOf('outage', relay.ready)).toEqual({ enabled: false });
  expect(await deadLettersOf('outage')).toBe(0);

  const waiting = await Promise.all(['second', 'third', 'fourth'].map((id) => send('outage', id)));
  const postsBefore = postsOf('outage').length;
  relay.destination.otherwise(answering(200));
  await tickUntil('the destination is tried again', () => phaseOf('outage') === 'half-open');
  expect(stepsOf('trial', 'outage').at(-1)).toMatchObject({ outcome: 'answered' });
  expect(await mappingOf('outage', relay.ready)).toEqual({ enabled: true, concurrency: 2 });

  // Of some the scheduled function has taken copies: their originals are hidden for hours, and it delivers them itself.
  const isDelivered = (eventId: string) => stepsOf('delivered', 'outage').some((seen) => seen.eventId === eventId);
  await tickUntil('everything is delivered', () => [first, ...waiting].every(isDelivered));
  const { attempt } = await delivered(first);
  // No trial has used up an attempt.
  expect(attempt).toBe(4);
  await rampUp('outage');
  const postsAfter = postsOf('outage').slice(postsBefore);
  expect(postsAfter.map(({ eventId }) => eventId).sort()).toEqual([first, ...waiting].sort());
  expect(await deadLettersOf('outage')).toBe(0);
}, 90_000);

test('a destination that says it is gone: not even tried until an operator resumes the route', async () => {
  relay.destination.otherwise(answering(410));
  const eventId = await send('gone', 'first');
  await relay.waitForStep((seen) => seen.step === 'breaker' && seen.route === 'gone', 30_000);
  relay.destination.otherwise(answering(200));
  for (let ticks = 0; ticks < 3; ticks++) await relay.tick();
  expect(await mappingOf('gone', relay.ready)).toEqual({ enabled: false });
  expect(stepsOf('trial', 'gone')).toEqual([]);
  expect(postsOf('gone')).toHaveLength(1);
  expect(await listed('gone')).toMatchObject({ state: 'open', reason: 'gone', waitsForOperator: true });

  expect(await operate('resume', 'gone')).toMatchObject({ route: 'gone', outcome: 'resumed', previousReason: 'gone' });
  await relay.tick();
  expect(await mappingOf('gone', relay.ready)).toEqual({ enabled: true, concurrency: 2 });
  // The scheduled function has the copy, and is told to wait while the event is in its backoff.
  await tickUntil('the event is delivered', () => stepsOf('delivered', 'gone').length > 0);
  expect(await delivered(eventId)).toMatchObject({ attempt: 1 });
  await rampUp('gone');
  expect(await listed('gone')).toMatchObject({ state: 'closed', waiting: 0, deadLetters: 0 });
}, 90_000);

test('a route that an operator pauses: its events wait, and are delivered after its resume', async () => {
  relay.destination.otherwise(answering(200));
  expect(await operate('pause', 'maintained')).toMatchObject({ route: 'maintained', outcome: 'paused', state: 'open' });
  await relay.tick();
  expect(await mappingOf('maintained', relay.ready)).toEqual({ enabled: false });

  const eventIds = await Promise.all(['a', 'b', 'c'].map((id) => send('maintained', id)));
  for (let ticks = 0; ticks < 3; ticks++) await relay.tick();
  expect(postsOf('maintained')).toEqual([]);
  expect(stepsOf('trial', 'maintained')).toEqual([]);
  expect(await listed('maintained')).toMatchObject({ state: 'open', reason: 'operator', waiting: 3 });

  await operate('resume', 'maintained');
  await relay.tick();
  await Promise.all(eventIds.map(delivered));
  expect(
    postsOf('maintained')
      .map((post) => post.eventId)
      .sort(),
  ).toEqual([...eventIds].sort());
  await rampUp('maintained');
}, 90_000);
