import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { traceAttribute } from '../../../lambdas/adapters/sqs-queue.ts';
import { largestBatch } from '../../../lambdas/contract/aws-limits.ts';
import { inParallel } from '../in-parallel.ts';
import { naming } from '../operator-error.ts';
import type { CarriedAttribute, CarriedAttributes, MessageQueues, ReceivedMessage } from './message-queues.ts';

/** Calls at a time: thousands of messages one call after the other would take minutes over a slow line. */
const mostCalls = 8;

/** {@link MessageQueues} on SQS. */
export function sqsMessageQueues(client: SQSClient): MessageQueues {
  return {
    receive: (queueUrl, { visibilitySeconds, waitSeconds }) =>
      naming(`receive from ${queueUrl}`, async () => {
        const answer = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: largestBatch,
            VisibilityTimeout: visibilitySeconds,
            WaitTimeSeconds: waitSeconds,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['SentTimestamp', 'AWSTraceHeader'],
          }),
        );
        return (answer.Messages ?? []).map(fromSdk);
      }),

    giveBack: (queueUrl, receiptHandles) =>
      naming(`give messages back to ${queueUrl}`, () =>
        inParallel(batchesOf(receiptHandles), mostCalls, async (batch) => {
          await client.send(
            new ChangeMessageVisibilityBatchCommand({
              QueueUrl: queueUrl,
              Entries: batch.map((ReceiptHandle, index) => ({
                Id: String(index),
                ReceiptHandle,
                VisibilityTimeout: 0,
              })),
            }),
          );
        }),
      ),

    send: (queueUrl, { body, attributes, traceHeader }) =>
      naming(`send to ${queueUrl}`, async () => {
        const { MessageId } = await client.send(
          new SendMessageCommand({
            QueueUrl: queueUrl,
            MessageBody: body,
            MessageAttributes: toSdk(attributes),
            ...(traceHeader === undefined ? {} : { MessageSystemAttributes: traceAttribute(traceHeader) }),
          }),
        );
        return z.string().parse(MessageId);
      }),

    delete: (queueUrl, receiptHandle) =>
      naming(`delete from ${queueUrl}`, async () => {
        await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
      }),

    depthOf: (queueUrl) =>
      naming(`count the messages of ${queueUrl}`, async () => {
        const { Attributes } = await client.send(
          new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...countNames] }),
        );
        const [visible, inFlight, delayed] = countsSchema.parse(countNames.map((name) => Attributes?.[name]));
        return { visible, hidden: inFlight + delayed };
      }),
  };
}

function* batchesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += largestBatch) yield items.slice(start, start + largestBatch);
}

const countNames = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** A number that is missing must not pass for an empty queue. */
const countSchema = z.string().regex(/^\d+$/).transform(Number);
const countsSchema = z.tuple([countSchema, countSchema, countSchema]);

const attributeSchema = z
  .object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.instanceof(Uint8Array).optional(),
  })
  .transform(
    ({ DataType, StringValue, BinaryValue }): CarriedAttribute => ({
      type: DataType,
      value: StringValue ?? BinaryValue ?? '',
    }),
  );

const messageSchema = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  Attributes: z.object({ SentTimestamp: z.coerce.number(), AWSTraceHeader: z.string().optional() }),
  MessageAttributes: z.record(z.string(), attributeSchema).optional(),
});

function fromSdk(message: unknown): ReceivedMessage {
  const { MessageId, ReceiptHandle, Body, Attributes, MessageAttributes } = messageSchema.parse(message);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    sentAtMs: Attributes.SentTimestamp,
    body: Body,
    attributes: MessageAttributes ?? {},
    traceHeader: Attributes.AWSTraceHeader,
  };
}

function toSdk(attributes: CarriedAttributes): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      typeof value === 'string' ? { DataType: type, StringValue: value } : { DataType: type, BinaryValue: value },
    ]),
  );
}
