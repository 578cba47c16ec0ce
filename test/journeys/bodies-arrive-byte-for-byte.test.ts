import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildConversationDetail } from '../../samples/build-conversation-detail.ts';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';

let relay: TestRelay;

beforeAll(async () => {
  relay = await startTestRelay({
    routes: {
      signed: { verify: { kind: 'open-messaging' } },
      unsigned: { verify: { kind: 'none', acceptUnsigned: true } },
    },
  });
}, 60_000);

afterAll(() => relay.stop());

const bytesOf = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 256));

const bodies: readonly [name: string, body: Buffer, contentType: string][] = [
  ['JSON with \\u2603 escapes', Buffer.from('{"text":"\\u2603","e":"\\ud83d\\ude00"}'), 'application/json'],
  ['JSON with odd white space and a repeated key', Buffer.from('{\r\n "a" : 1,\t"a":1.0e0 }\n\n'), 'application/json'],
  ['text beyond the basic plane', Buffer.from('{"text":"\u{1F600} \u{10FFFF}"}'), 'application/json; charset=utf-8'],
  ['a byte order mark', Buffer.from('\uFEFF{"a":1}'), 'application/json'],
  ['text that is not JSON', Buffer.from('<event>tea & biscuits</event>'), 'application/xml'],
  ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x80]), 'application/octet-stream'],
  ['bytes that are not UTF-8 but claim to be JSON', Buffer.from([0x7b, 0xff, 0x7d]), 'application/json'],
  ['characters that SQS refuses', Buffer.from('a\u0000b\u000bc\uFFFE'), 'text/plain'],
  ['a single byte', Buffer.from([0x20]), 'text/plain'],
  ['text that is 900 KB long', Buffer.from(`{"n":"${'é'.repeat(450_000)}"}`), 'application/json'],
  ['binary that is 900 KB long', bytesOf(900_000), 'application/octet-stream'],
  ['binary that only base64 brings over the inline limit', bytesOf(220_000), 'application/octet-stream'],
  ['4 MB', bytesOf(4_000_000), 'application/octet-stream'],
  [
    'something shaped like a claim check',
    Buffer.from('["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]'),
    'application/json',
  ],
  ['a conversation detail', Buffer.from(JSON.stringify(buildConversationDetail(320 * 1024))), 'application/json'],
];

describe.each(['signed', 'unsigned'])('on a route that is %s', (route) => {
  test.each(bodies)('%s', async (_name, body, contentType) => {
    const eventId = await acceptedEventId(await relay.post(route, body, { contentType }));
    const delivery = await relay.destination.waitFor((seen) => seen.eventId === eventId && seen.route === route);
    expect(Buffer.from(delivery.body).equals(body)).toBe(true);
    expect(delivery.headers['content-type']).toBe(contentType);
  });
});

test.each([
  'open-messaging-text',
  'open-messaging-attachment',
  'open-messaging-structured',
  'open-messaging-typing',
  'open-messaging-receipt',
  'data-action-body',
  'eventbridge-envelope',
])('the sample %s', async (name) => {
  const body = readFileSync(`samples/${name}.json`);
  const eventId = await acceptedEventId(await relay.post('signed', body));
  const delivery = await relay.destination.waitFor((seen) => seen.eventId === eventId);
  expect(Buffer.from(delivery.body).equals(body)).toBe(true);
});
