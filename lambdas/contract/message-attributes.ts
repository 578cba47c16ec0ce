import * as z from 'zod/mini';
import { largestMessageBytes, mostMessageAttributes } from './aws-limits.ts';

/** An SQS message attribute in neither the SDK's nor the Lambda event's spelling. */
export interface MessageAttribute {
  readonly type: 'String' | 'Number';
  readonly value: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** Names on the wire. Scripts outside this repository read them: they do not change. */
export const attributeNames = {
  eventId: 'EventId',
  route: 'Route',
  receivedAt: 'ReceivedAt',
  contentType: 'ContentType',
  signature: 'Signature',
  bodyEncoding: 'BodyEncoding',
  extendedPayloadSize: 'ExtendedPayloadSize',
  cause: 'Cause',
  lastStatus: 'LastStatus',
  attempts: 'Attempts',
  redrivenAt: 'RedrivenAt',
  editedAt: 'EditedAt',
} as const;

/** What EventBridge writes on an event that it could not put on its route's queue, and put among the dead letters. */
export const busFailureAttributeNames = {
  rule: 'RULE_ARN',
  target: 'TARGET_ARN',
  errorCode: 'ERROR_CODE',
  errorMessage: 'ERROR_MESSAGE',
  exhausted: 'EXHAUSTED_RETRY_CONDITION',
  retries: 'RETRY_ATTEMPTS',
} as const;

/** Attributes that only a dead letter has: a redrive takes them off again. */
export const deadLetterAttributeNames: readonly string[] = [
  attributeNames.cause,
  attributeNames.lastStatus,
  attributeNames.attempts,
  ...Object.values(busFailureAttributeNames),
];

/** What is known of a webhook beside its bytes. */
export interface WebhookMetadata {
  readonly eventId: string;
  readonly route: string;
  readonly receivedAtMs: number;
  readonly contentType?: string | undefined;
  /** The signature header as received. A credential that is a secret by itself (basic, fixed header) never goes here. */
  readonly signature?: string | undefined;
}

/**
 * The longest content type or signature carried along. Real ones are under 100 bytes; the cap keeps the attributes of
 * any message under {@link maxAttributeBytes}, so that a dead letter of a full-size message still fits into SQS.
 */
const longestHeaderValueBytes = 2048;

/**
 * Upper bound of all attributes of one message, in bytes as SQS counts them (name + type + value). Event ids are at
 * most 256 bytes and route names 64; two header values at most 2,048 each; the rest are numbers and codes.
 */
export const maxAttributeBytes = 6 * 1024;

/** The largest message that can carry its body itself: what is left beside the attributes that it can get on its way. */
export const largestInlineBytes = largestMessageBytes - maxAttributeBytes;

/**
 * What SQS does not take in bodies and attribute values (all but the XML 1.0 set), beside lone surrogates: one of these
 * makes SendMessage refuse the whole message with InvalidMessageContents.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const refusedBySqs = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

export function isSqsSafe(text: string): boolean {
  // In two steps it takes half the time that one pattern of code points would.
  return !refusedBySqs.test(text) && text.isWellFormed();
}

/**
 * A header value, if it can be carried to the destination: printable ASCII or a tab, and short. Node refuses to send
 * others, SQS refuses some, and S3 is given the content type as a header, too. A value that cannot be carried is left
 * out: the bytes matter more.
 */
export function portableHeader(value: string | undefined): string | undefined {
  const portable = value !== undefined && value.length <= longestHeaderValueBytes && /^[\t\x20-\x7e]+$/.test(value);
  return portable ? value : undefined;
}

/** The attributes of a freshly accepted webhook. */
export function webhookAttributes(webhook: WebhookMetadata): MessageAttributes {
  return {
    [attributeNames.eventId]: text(webhook.eventId),
    [attributeNames.route]: text(webhook.route),
    [attributeNames.receivedAt]: number(webhook.receivedAtMs),
    ...optionalHeader(attributeNames.contentType, webhook.contentType),
    ...optionalHeader(attributeNames.signature, webhook.signature),
  };
}

export function text(value: string): MessageAttribute {
  return { type: 'String', value };
}

export function number(value: number): MessageAttribute {
  return { type: 'Number', value: String(value) };
}

function optionalHeader(name: string, value: string | undefined): MessageAttributes {
  const portable = portableHeader(value);
  return portable === undefined ? {} : { [name]: text(portable) };
}

const ownNames: ReadonlySet<string> = new Set(Object.values(attributeNames));

/**
 * The attributes of a message that gets some more on its way. The relay's own never exceed SQS's ten, but a message
 * that another client wrote can bring more, and SQS would then refuse it for ever: the strangers' give way, not the event.
 */
export function withinAttributeLimit<Attribute>(
  attributes: Readonly<Record<string, Attribute>>,
): Readonly<Record<string, Attribute>> {
  const entries = Object.entries(attributes);
  if (entries.length <= mostMessageAttributes) return attributes;
  const own = entries.filter(([name]) => ownNames.has(name));
  const others = entries.filter(([name]) => !ownNames.has(name));
  return Object.fromEntries([...own, ...others].slice(0, mostMessageAttributes));
}

/** Bytes of the attributes as SQS counts them towards the message size: name, type and value. */
export function attributeBytes(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, { type, value }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value);
  }
  return bytes;
}

/** 15 digits: exact in a double, and as epoch milliseconds still a date. */
const wholeNumber = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/)),
  z.transform((digits: string) => Number(digits)),
);

const knownAttributesSchema = z.object({
  EventId: z.optional(z.string().check(z.minLength(1), z.maxLength(256), z.regex(/^[\x21-\x7e]+$/))),
  Route: z.optional(z.string()),
  ReceivedAt: z.optional(wholeNumber),
  ContentType: z.optional(z.string()),
  Signature: z.optional(z.string()),
  BodyEncoding: z.optional(z.literal('base64')),
  ExtendedPayloadSize: z.optional(wholeNumber),
  /** What Amazon's Java extended client wrote before `ExtendedPayloadSize`: read, never written. */
  SQSLargePayloadSize: z.optional(wholeNumber),
  Cause: z.optional(z.string()),
  LastStatus: z.optional(wholeNumber),
  Attempts: z.optional(wholeNumber),
  RedrivenAt: z.optional(wholeNumber),
  /** An operator has changed the body: it is not what the sender sent, epoch ms. */
  EditedAt: z.optional(wholeNumber),
});

/** The relay's own attributes of a message, parsed; what others added is ignored. */
export type KnownAttributes = z.infer<typeof knownAttributesSchema>;

export type ParsedAttributes =
  | { readonly kind: 'parsed'; readonly known: KnownAttributes }
  | { readonly kind: 'malformed'; readonly problem: string };

/**
 * Reads the attributes of a message that may have been written by us, by an operator's hand or by another SQS client:
 * every attribute can be missing, but one that is there must make sense.
 */
export function parseAttributes(attributes: MessageAttributes): ParsedAttributes {
  const values = Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, attribute.value]));
  const parsed = z.safeParse(knownAttributesSchema, values);
  if (parsed.success) return { kind: 'parsed', known: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'malformed', problem: `attribute ${issue?.path.join('.') ?? ''} has a value the relay never writes` };
}
