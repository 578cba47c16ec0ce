import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

let relay: TestRelay;

beforeAll(async () => {
  relay = await startTestRelay({
    routes: {
      chat: {
        verify: { kind: 'open-messaging' },
        retry: { maxAttempts: 4, baseSeconds: 2, capSeconds: 2 },
      },
    },
    // A copy waits for the end of the first one's lease, which here need not outlast a slow destination.
    variables: { LEASE_SECONDS: '4' },
  });
}, 60_000);

afterAll(() => relay.stop());

const message = (id: string) => `{"type":"Text","id":"${id}","channel":{"id":"c"}}`;
const posts = (eventId: string) => relay.destination.all.filter((seen) => seen.eventId === eventId).length;
const duplicateOf = (eventId: string) =>
  relay.waitForStep((seen) => seen.step === 'duplicate' && seen.eventId === eventId, 50_000);

test('two copies sent at the same moment are both answered 200, and one is posted', async () => {
  const answers = await Promise.all([
    relay.postUntilTaken('chat', message('same')),
    relay.postUntilTaken('chat', message('same')),
  ]);
  expect(await Promise.all(answers.map(acceptedEventId))).toEqual(['c:Text:same', 'c:Text:same']);
  await duplicateOf('c:Text:same');
  expect(posts('c:Text:same')).toBe(1);
}, 60_000);

test('ten copies of each of five events, all at once: five posts', async () => {
  const ids = ['e1', 'e2', 'e3', 'e4', 'e5'];
  const answers = await Promise.all(
    ids.flatMap((id) => Array.from({ length: 10 }, () => relay.postUntilTaken('chat', message(id)))),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  const settled = () => relay.steps.filter(({ step, eventId }) => step === 'duplicate' && /:e\d$/.test(eventId ?? ''));
  await relay.waitForStep(() => settled().length === 45, 50_000);
  expect(ids.map((id) => posts(`c:Text:${id}`))).toEqual([1, 1, 1, 1, 1]);
}, 60_000);

test('a copy that comes while the event waits for its next attempt does not jump the backoff', async () => {
  const eventId = 'c:Text:waiting';
  relay.destination.script(eventId, answering(503), answering(200));
  await relay.post('chat', message('waiting'));
  await relay.waitForStep((seen) => seen.step === 'retrying' && seen.eventId === eventId);
  await relay.post('chat', message('waiting'));
  await relay.waitForStep((seen) => seen.step === 'waiting' && seen.eventId === eventId);
  await duplicateOf(eventId);
  const attempts = relay.destination.all.filter((seen) => seen.eventId === eventId);
  expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
}, 60_000);

test('a copy of a refused event makes no second dead letter', async () => {
  const eventId = 'c:Text:refused';
  relay.destination.script(eventId, answering(422), answering(422));
  await relay.post('chat', message('refused'));
  await relay.waitForStep((seen) => seen.step === 'dead-letter' && seen.eventId === eventId);
  await relay.post('chat', message('refused'));
  expect(await duplicateOf(eventId)).toMatchObject({ of: 'dead-letter' });
  expect(posts(eventId)).toBe(1);
}, 60_000);

test('a receipt is no copy of the message it refers to', async () => {
  await relay.post('chat', message('m9'));
  await relay.post('chat', '{"type":"Receipt","id":"m9","channel":{"id":"c"},"status":"Delivered"}');
  await relay.destination.waitFor((seen) => seen.eventId === 'c:Text:m9');
  await relay.destination.waitFor((seen) => seen.eventId === 'c:Receipt:m9:Delivered');
});
