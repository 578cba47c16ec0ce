import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';

let relay: TestRelay;

beforeAll(async () => {
  relay = await startTestRelay({ routes: { chat: { verify: { kind: 'open-messaging' } } } });
}, 60_000);

afterEach(() => {
  relay.outages.set('sqs', 'none');
  relay.outages.set('s3', 'none');
});
afterAll(() => relay.stop());

const message = (id: string, padding = 0) =>
  `{"type":"Text","id":"${id}","text":"${'x'.repeat(padding)}","channel":{"id":"c"}}`;
const posts = (eventId: string) => relay.destination.all.filter((seen) => seen.eventId === eventId).length;
const stepOf = (step: string, eventId: string) =>
  relay.waitForStep((seen) => seen.step === step && seen.eventId === eventId, 20_000);

test.each(['refuse', 'hang'] as const)(
  'webhooks that come while SQS does %s are answered 200 in time, and delivered once it is back',
  async (outage) => {
    relay.outages.set('sqs', outage);
    const startedMs = performance.now();
    const answers = await Promise.all([
      relay.post('chat', message(`small-${outage}`)),
      relay.post('chat', message(`large-${outage}`, 300_000)),
    ]);
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    const eventIds = await Promise.all(answers.map(acceptedEventId));
    await Promise.all(eventIds.map((eventId) => stepOf('spilled', eventId)));

    relay.outages.set('sqs', 'none');
    await relay.tick();
    await Promise.all(eventIds.map((eventId) => stepOf('delivered', eventId)));
    expect(eventIds.map(posts)).toEqual([1, 1]);
    // Nothing is left to sweep.
    const before = relay.steps.filter(({ step }) => step === 'swept').length;
    await relay.tick();
    expect(relay.steps.filter(({ step }) => step === 'swept')).toHaveLength(before);
  },
  40_000,
);

test('a large webhook that comes while S3 refuses travels in its message', async () => {
  relay.outages.set('s3', 'refuse');
  const eventId = await acceptedEventId(await relay.post('chat', message('inline', 300_000)));
  await stepOf('delivered', eventId);
  expect(posts(eventId)).toBe(1);
}, 40_000);

test('a webhook that nothing takes is answered 503, so that the sender repeats it', async () => {
  relay.outages.set('sqs', 'refuse');
  relay.outages.set('s3', 'refuse');
  const answer = await relay.post('chat', message('nowhere'));
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
}, 40_000);
