import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mappingOf } from './support/deployed-functions.ts';
import { type DeployedRelay, deployedRelay, eventually, so } from './support/deployed-relay.ts';

const events = 30;
const maxConcurrency = 10;

let relay: DeployedRelay;
beforeAll(() => {
  relay = deployedRelay('outage');
});
afterAll(() => relay.close());

test('the route is paused, its mapping switched off, tried each minute, and reopened step by step', async () => {
  await relay.answer({ status: 503 });
  const eventIds: string[] = [];
  for (let event = 0; event < events; event++) eventIds.push(await relay.accept(`{"event":${event}}`));

  await eventually(
    'the mapping is off',
    () => so(mappingOf(relay, 'outage').then(({ State }) => State === 'Disabled')),
    150_000,
  );
  expect(await relay.operate('route', 'list')).toContainEqual(
    expect.objectContaining({ route: 'outage', state: 'open', reason: 'failing', lastError: 'HTTP 503' }),
  );
  const postsWhenPaused = (await relay.deliveries()).length;

  await relay.answer({ status: 200 });
  const healedAtMs = Date.now();
  await eventually(
    'the first delivery',
    () => so(relay.deliveries().then((seen) => seen.some(({ status }) => status === 200))),
    180_000,
  );
  const seen = await relay.deliveries();
  const firstAtMs = seen.find(({ status }) => status === 200)?.atMs ?? Number.POSITIVE_INFINITY;
  expect(firstAtMs - healedAtMs).toBeLessThan(120_000);
  // Nobody but the trials has posted meanwhile: two a minute at the most.
  expect(seen.filter(({ status }) => status !== 200).length - postsWhenPaused).toBeLessThan(8);

  const concurrencies = new Set<number | undefined>();
  await eventually(
    'every event is delivered',
    async () => {
      const { State, ScalingConfig } = await mappingOf(relay, 'outage');
      if (State === 'Enabled') concurrencies.add(ScalingConfig?.MaximumConcurrency);
      const delivered = new Set(
        (await relay.deliveries()).filter(({ status }) => status === 200).map(({ headers }) => headers['webhook-id']),
      );
      return eventIds.every((eventId) => delivered.has(eventId)) ? true : undefined;
    },
    240_000,
  );
  expect(Math.max(...[...concurrencies].map(Number))).toBeLessThanOrEqual(maxConcurrency);
  expect(concurrencies).toContain(2);
  expect(await relay.deadLetters()).toBe(0);
}, 600_000);
