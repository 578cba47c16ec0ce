import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { dataAction, renderDataAction } from '../support/rendered-data-action.ts';

/** The route that samples/README.md and docs/genesys.md have beside the data action. */
const route = 'platform-events';
const verify = { kind: 'header', header: 'x-relay-key' } as const;

const sample = JSON.parse(readFileSync('samples/data-action-body.json', 'utf8'));
const { topic, dedupeKey } = sample;
const input = { topic, dedupeKey, event: JSON.stringify(sample.event) };

let relay: TestRelay;
let relayKey: string;
beforeAll(async () => {
  relay = await startTestRelay({ routes: { [route]: { verify } } });
  relayKey = relay.route(route).secret ?? '';
}, 60_000);
afterAll(() => relay.stop());

function post({ headers, body }: ReturnType<typeof renderDataAction>): Promise<Response> {
  return fetch(relay.route(route).ingestUrl, { method: 'POST', headers, body });
}

const receivedOf = (eventId: string) => relay.destination.all.filter((seen) => seen.eventId === eventId);

describe('the request that the sample of a data action makes', () => {
  test('has the body of the other sample', () => {
    expect(JSON.parse(renderDataAction(input).body)).toEqual(sample);
  });

  test('goes to the route that is documented beside it', () => {
    expect(dataAction.config.request.requestUrlTemplate).toMatch(new RegExp(`/webhooks/${route}$`));
  });

  test('is let in by the route’s secret, and arrives once however often the workflow runs', async () => {
    const request = renderDataAction(input, { relayKey });
    const eventId = await acceptedEventId(await post(request));
    expect(eventId).toMatch(/^customer%2Eend%7C0c4a6b1e-/);
    await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === eventId);
    expect(await acceptedEventId(await post(request))).toBe(eventId);
    await relay.waitForStep((seen) => seen.step === 'duplicate' && seen.eventId === eventId);

    const [delivery, ...more] = receivedOf(eventId);
    expect(more).toEqual([]);
    expect(Buffer.from(delivery?.body ?? []).toString()).toBe(request.body);
    expect(JSON.stringify(delivery?.headers)).not.toContain(relayKey);
  });

  test('has the same event id with the header as by its body alone', async () => {
    const { headers, body } = renderDataAction({ ...input, dedupeKey: 'acd.start|7' }, { relayKey });
    const { 'webhook-id': _, ...others } = headers;
    const eventId = await acceptedEventId(await post({ headers, body }));
    expect(eventId).toBe('acd%2Estart%7C7');
    expect(await acceptedEventId(await post({ headers: others, body }))).toBe(eventId);
  });

  test('is refused with another key, or none', async () => {
    expect((await post(renderDataAction(input, { relayKey: 'guessed' }))).status).toBe(401);
    expect((await post(renderDataAction(input))).status).toBe(401);
  });

  test('is JSON whatever is in its texts', () => {
    const nasty = {
      topic: 'a"b\\c\n$input #if',
      dedupeKey: 'é|"',
      event: '{"text":"$esc.jsonEncode(1) $input.topic #end"}',
    };
    expect(JSON.parse(renderDataAction(nasty).body)).toEqual({
      source: 'genesys-trigger',
      topic: nasty.topic,
      dedupeKey: nasty.dedupeKey,
      event: JSON.parse(nasty.event),
    });
  });

  test('is not taken for another event’s when a workflow forgets the key', async () => {
    const { dedupeKey: _, ...forgetful } = input;
    const first = await acceptedEventId(await post(renderDataAction(forgetful, { relayKey })));
    const another = { ...forgetful, event: '{"eventTime":2}' };
    expect(await acceptedEventId(await post(renderDataAction(another, { relayKey })))).not.toBe(first);
  });
});

test('what the relay answers is what the action says it returns', async () => {
  const answer = await post(renderDataAction(input, { relayKey }));
  expect(Object.keys(Object(await answer.json()))).toEqual(dataAction.contract.output.successSchema.required);
});
