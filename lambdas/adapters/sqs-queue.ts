import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { MessageAttributes } from '../contract/message-attributes.ts';
import type { HideMessage, SendMessage } from '../contract/ports.ts';
import { callLimits } from './call-limits.ts';
import { callWithin } from './call-within.ts';

/** Sends to SQS queues. When it rejects, the message may have been stored all the same: SQS is at least once. */
export function sqsSend(client: SQSClient = new SQSClient(callLimits)): SendMessage {
  return async (queueUrl, message, { withinMs, delaySeconds } = {}) => {
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: message.body,
      MessageAttributes: toSdkAttributes(message.attributes),
      ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
      ...(message.traceHeader === undefined ? {} : { MessageSystemAttributes: traceAttribute(message.traceHeader) }),
    });
    try {
      await callWithin(withinMs, (options) => client.send(command, options));
    } catch (error) {
      throw new ServiceUnavailableError('SQS did not take the message', error);
    }
  };
}

/** Hides messages of one queue. */
export function sqsHide(queueUrl: string, client: SQSClient = new SQSClient(callLimits)): HideMessage {
  return async (receiptHandle, seconds) => {
    try {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    } catch (error) {
      throw new ServiceUnavailableError('SQS did not change the visibility of the message', error);
    }
  };
}

/** The system attribute by which a message carries a trace. */
export function traceAttribute(header: string) {
  return { AWSTraceHeader: { DataType: 'String', StringValue: header } };
}

/** The SDK's spelling of message attributes. */
function toSdkAttributes(attributes: MessageAttributes): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [name, { DataType: type, StringValue: value }]),
  );
}
