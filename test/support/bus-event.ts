import { readFileSync } from 'node:fs';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { receivedMessage } from './sqs-record.ts';

/** An event as EventBridge puts it on a queue: the sample, in the bytes of its file. */
export const envelope = readFileSync(
  new URL('../../samples/eventbridge-envelope.json', import.meta.url),
  'utf8',
).trim();

export const { id: busEventId, source: sourceName } = JSON.parse(envelope);

/** The same event with another id. */
export function envelopeWithId(id: string): string {
  return envelope.replace(busEventId, id);
}

/** A message from a bus as the processor receives it. */
export function busMessage(changes: Partial<ReceivedMessage> = {}): ReceivedMessage {
  return receivedMessage({ body: envelope, attributes: {}, ...changes });
}

/** What EventBridge writes on an event that it could not put on its queue. */
export const busFailure = {
  RULE_ARN: `arn:aws:events:eu-west-1:111122223333:rule/${sourceName}/TestRelay-bus`,
  TARGET_ARN: 'arn:aws:sqs:eu-west-1:111122223333:TestRelay-bus',
  ERROR_CODE: 'NO_PERMISSIONS',
  ERROR_MESSAGE: 'The caller does not have access to the queue.',
  RETRY_ATTEMPTS: '0',
};
