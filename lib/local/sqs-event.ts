import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda';

/** Lambda's limit for an event as JSON, which a batch of ten 1 MiB messages exceeds. */
const longestEventBytes = 6_291_456;

/** `{"Records":[]}` */
const envelopeBytes = 14;

/** Where messages came from. */
export interface EventSource {
  readonly queueArn: string;
  readonly region: string;
}

/** A received message in the spelling of a Lambda event. */
export function sqsRecord(message: Message, source: EventSource): SQSRecord {
  const { Attributes = {}, MessageAttributes = {} } = message;
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ...Attributes,
      ApproximateReceiveCount: Attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: Attributes.SentTimestamp ?? '0',
      SenderId: Attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: Attributes.ApproximateFirstReceiveTimestamp ?? '0',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, value]) => [name, messageAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    ...(message.MD5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: source.queueArn,
    awsRegion: source.region,
  };
}

function messageAttribute({
  DataType = 'String',
  StringValue,
  BinaryValue,
}: MessageAttributeValue): SQSMessageAttribute {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}

/** Records in as few events as Lambda's payload limit allows, in order. */
export function splitIntoEvents(records: readonly SQSRecord[]): SQSEvent[] {
  const events: SQSEvent[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const recordBytes = Buffer.byteLength(JSON.stringify(record)) + 1;
    const last = events.at(-1);
    if (last === undefined || bytes + recordBytes > longestEventBytes) {
      events.push({ Records: [record] });
      bytes = envelopeBytes + recordBytes;
    } else {
      last.Records.push(record);
      bytes += recordBytes;
    }
  }
  return events;
}
