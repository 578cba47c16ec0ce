import { createHash } from 'node:crypto';
import type { EventIdSource, Verification } from '../contract/env.ts';
import { parseJson } from '../contract/parse-json.ts';
import { decodeUtf8 } from '../contract/sqs-safe-body.ts';
import { headerOf, type WebhookRequest } from './webhook-request.ts';

/** Longest id that is kept readable. It is a DynamoDB key, an SQS attribute and a header on each delivery. */
const longestReadableId = 200;

/**
 * The dedupe key of a webhook: two requests get the same id only if they are the same event.
 *
 * Open Messaging: `channel.id`, `type` and `id` (a receipt reuses the id of the message it refers to), with `status`
 * for a Receipt and `channel.time` for an Event. Everything else: the header or pointers of the config, else a
 * `webhook-id` or `idempotency-key` header, else `dedupeKey` in the body. Where those are missing: SHA-256 of the body.
 *
 * Where the sender signs nothing but the body, no header names the event unless the config says so: whoever has seen a
 * request once could send it again under another id as a new event, or under the id of one to come, which would then be
 * dropped as its copy.
 */
export function eventIdOf(request: WebhookRequest, kind: Verification['kind'], source?: EventIdSource): string {
  const parts = source === undefined ? defaultParts(request, kind) : configuredParts(request, source);
  return parts === undefined ? hash(request.body) : joinParts(parts);
}

function configuredParts(request: WebhookRequest, source: EventIdSource): string[] | undefined {
  const header = source.header === undefined ? undefined : scalar(headerOf(request, source.header.toLowerCase()));
  if (header !== undefined && header !== '') return [header];
  if (source.pointers === undefined) return undefined;
  const body = readBody(request.body);
  return allPresent(source.pointers.map((pointer) => scalar(atPointer(body, pointer))));
}

function defaultParts(request: WebhookRequest, kind: Verification['kind']): string[] | undefined {
  if (kind === 'open-messaging') return openMessagingParts(readBody(request.body));
  const header = kind === 'hmac-sha256' ? undefined : headerId(request);
  if (header) return [header];
  return allPresent([scalar(atPointer(readBody(request.body), '/dedupeKey'))]);
}

function headerId(request: WebhookRequest): string | undefined {
  return headerOf(request, 'webhook-id') || headerOf(request, 'idempotency-key');
}

function openMessagingParts(body: unknown): string[] | undefined {
  const type = scalar(atPointer(body, '/type'));
  const pointers = ['/channel/id', '/type', '/id'];
  if (type === 'Receipt') pointers.push('/status');
  if (type === 'Event') pointers.push('/channel/time');
  return allPresent(pointers.map((pointer) => scalar(atPointer(body, pointer))));
}

function allPresent(parts: (string | undefined)[]): string[] | undefined {
  const present = parts.filter((part): part is string => part !== undefined && part !== '');
  return present.length === parts.length ? present : undefined;
}

/**
 * A value that can identify something. An integer beyond 2^53 has lost digits in `JSON.parse`, so that two events
 * would look the same and the second would be dropped: such a number identifies nothing.
 */
function scalar(value: unknown): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** RFC 6901, own properties only: `/__proto__` or `/constructor` of a body leads nowhere. */
function atPointer(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function readBody(body: Uint8Array): unknown {
  const text = decodeUtf8(body);
  return text === undefined ? undefined : parseJson(text);
}

/**
 * Parts joined by `:`, everything but letters, digits, `_` and `-` as %XX: printable in a header, free of the full
 * stop that Standard Webhooks forbids in ids, and never the same for different parts. A long one is hashed.
 */
function joinParts(parts: string[]): string {
  // Too long in any case. A part can fill the whole body: escaped first, it would outlast the function and its memory.
  if (parts.some((part) => part.length > longestReadableId)) return hash(Buffer.from(JSON.stringify(parts)));
  const id = parts.map(escapePart).join(':');
  return id.length <= longestReadableId ? id : hash(Buffer.from(id));
}

function escapePart(part: string): string {
  return part.replace(/[^A-Za-z0-9_-]/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
