import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { EventIdSource } from '../../lambdas/contract/env.ts';
import { eventIdOf } from '../../lambdas/ingest/event-id.ts';

function sample(name: string): Buffer {
  return readFileSync(new URL(`../../samples/${name}.json`, import.meta.url));
}

function sha256(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function openMessagingId(body: string | Uint8Array): string {
  return eventIdOf({ route: 'r', headers: {}, body: Buffer.from(body) }, 'open-messaging');
}

function otherId(body: string, headers: Record<string, string> = {}, source?: EventIdSource): string {
  return eventIdOf({ route: 'r', headers, body: Buffer.from(body) }, 'none', source);
}

const channel = 'b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11';

describe('the event id of an Open Messaging webhook', () => {
  test.each([
    ['open-messaging-text', `${channel}:Text:3f1c9a0be2d84b6f9a7d5c2e1b0a4f33`],
    ['open-messaging-receipt', `${channel}:Receipt:3f1c9a0be2d84b6f9a7d5c2e1b0a4f33:Failed`],
    ['open-messaging-typing', `${channel}:Event:51ee0c7a9b2f4d7c8e63a1d0f2b94c77:2026-03-04T10%3A15%3A20%2E100Z`],
  ])('is made of what tells events apart: %s', (name, id) => {
    expect(openMessagingId(sample(name))).toBe(id);
  });

  test('is another one for every sample', () => {
    const names = ['text', 'attachment', 'structured', 'typing', 'receipt'].map((kind) => `open-messaging-${kind}`);
    expect(new Set(names.map((name) => openMessagingId(sample(name)))).size).toBe(names.length);
  });

  test('stays the same when Genesys sends the event again, in whatever order of keys', () => {
    const first = '{"id":"m","type":"Text","text":"Hi","channel":{"id":"c","time":"t"}}';
    const again = '{ "channel": {"time":"t2","id":"c"}, "text":"Hi", "type":"Text", "id":"m" }';
    expect(openMessagingId(again)).toBe(openMessagingId(first));
  });

  test('of each receipt of one message differs by its status', () => {
    const receipt = (status: string) => `{"id":"m","type":"Receipt","status":"${status}","channel":{"id":"c"}}`;
    expect(openMessagingId(receipt('Delivered'))).toBe('c:Receipt:m:Delivered');
    expect(openMessagingId(receipt('Read'))).toBe('c:Receipt:m:Read');
  });

  test.each([
    ['a message without a channel', '{"id":"m","type":"Text"}'],
    ['a message without an id', '{"type":"Text","channel":{"id":"c"}}'],
    ['a message whose id is empty', '{"id":"","type":"Text","channel":{"id":"c"}}'],
    ['a receipt without a status', '{"id":"m","type":"Receipt","channel":{"id":"c"}}'],
    ['an event without a time', '{"id":"m","type":"Event","channel":{"id":"c"}}'],
    ['an id that is an object', '{"id":{"a":1},"type":"Text","channel":{"id":"c"}}'],
    ['an id that is null', '{"id":null,"type":"Text","channel":{"id":"c"}}'],
    ['a number too large to be exact', '{"id":9007199254740993,"type":"Text","channel":{"id":"c"}}'],
    ['a number that is no integer', '{"id":1.5,"type":"Text","channel":{"id":"c"}}'],
    ['half a surrogate pair', '{"id":"\\ud83d","type":"Text","channel":{"id":"c"}}'],
    ['a list', '[1,2]'],
    ['null', 'null'],
    ['a text that is no JSON', 'hello'],
    ['JSON after a byte order mark', '\ufeff{"id":"m","type":"Text","channel":{"id":"c"}}'],
    ['keys of the prototype only', '{"__proto__":{"id":"m","type":"Text","channel":{"id":"c"}}}'],
  ])('is the SHA-256 of the raw body for %s', (_case, body) => {
    expect(openMessagingId(body)).toBe(sha256(body));
  });

  test('is the SHA-256 of the raw body for bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"id":"m'), Buffer.of(0xff), Buffer.from('"}')]);
    expect(openMessagingId(bytes)).toBe(sha256(bytes));
  });

  test('takes no header of the request, which the signature does not cover', () => {
    const request = { route: 'r', headers: { 'webhook-id': 'forged' }, body: sample('open-messaging-text') };
    expect(eventIdOf(request, 'open-messaging')).toBe(openMessagingId(sample('open-messaging-text')));
  });
});

describe('the event id of a webhook whose signature covers its body alone', () => {
  const idOf = (body: string, headers: Record<string, string>, source?: EventIdSource) =>
    eventIdOf({ route: 'r', headers, body: Buffer.from(body) }, 'hmac-sha256', source);

  test.each(['webhook-id', 'idempotency-key'])(
    'takes no %s, under which a captured one could be sent again',
    (name) => {
      expect(idOf('{"a":1}', { [name]: 'forged' })).toBe(sha256('{"a":1}'));
      expect(idOf('{"dedupeKey":"k"}', { [name]: 'forged' })).toBe('k');
    },
  );

  test('comes from a header where the config says so', () => {
    expect(idOf('{"a":1}', { 'x-delivery': 'd-1' }, { header: 'x-delivery' })).toBe('d-1');
  });
});

describe('the event id of any other webhook', () => {
  const body = '{"dedupeKey":"customer.end|42","a":{"b":"x","n":7},"list":[{"id":"y"}],"a/b":"slash","m~n":"tilde"}';

  test('is its webhook-id, else its idempotency-key, else dedupeKey in the body, else the hash', () => {
    expect(otherId(body, { 'webhook-id': 'w-1', 'idempotency-key': 'i-1' })).toBe('w-1');
    expect(otherId(body, { 'webhook-id': '', 'idempotency-key': 'i-1' })).toBe('i-1');
    expect(otherId(body)).toBe('customer%2Eend%7C42');
    expect(otherId('{"a":1}')).toBe(sha256('{"a":1}'));
  });

  test('of the samples: the key of the data action, the hash of what brings none', () => {
    expect(otherId(sample('data-action-body').toString())).toMatch(/^customer%2Eend%7C0c4a6b1e-/);
    expect(otherId(sample('eventbridge-envelope').toString())).toBe(sha256(sample('eventbridge-envelope')));
  });

  test('comes from the header of the config, whatever its case, before the pointers', () => {
    expect(otherId(body, { 'x-id': 'from-header' }, { header: 'X-Id', pointers: ['/a/b'] })).toBe('from-header');
    expect(otherId(body, {}, { header: 'X-Id', pointers: ['/a/b'] })).toBe('x');
    expect(otherId(body, {}, { header: 'X-Id' })).toBe(sha256(body));
  });

  test('comes from all pointers of the config together, or not from them at all', () => {
    expect(otherId(body, {}, { pointers: ['/a/b', '/a/n', '/list/0/id'] })).toBe('x:7:y');
    expect(otherId(body, {}, { pointers: ['/a/b', '/a/missing'] })).toBe(sha256(body));
    expect(otherId(body, { 'webhook-id': 'w-1' }, { pointers: ['/a/missing'] })).toBe(sha256(body));
  });

  test('follows RFC 6901 in its pointers', () => {
    expect(otherId(body, {}, { pointers: ['/a~1b', '/m~0n'] })).toBe('slash:tilde');
  });

  test.each(['/__proto__', '/constructor/name', '/a/toString', '/list/00/id', '/a', '/list'])(
    'is not found at %s',
    (pointer) => {
      expect(otherId(body, {}, { pointers: [pointer] })).toBe(sha256(body));
    },
  );
});
