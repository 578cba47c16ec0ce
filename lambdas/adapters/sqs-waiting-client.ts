import { SQSClient } from '@aws-sdk/client-sqs';
import { callLimits } from './call-limits.ts';

/** Only with a wait does SQS ask all its servers, so that an empty answer means an empty queue. */
export const receiveWaitSeconds = 1;

/** For receives that wait for so long: the wait comes on top of what a call may take. */
export function sqsWaitingClient(): SQSClient {
  const { requestHandler } = callLimits;
  const requestTimeout = requestHandler.requestTimeout + receiveWaitSeconds * 1_000;
  return new SQSClient({ ...callLimits, requestHandler: { ...requestHandler, requestTimeout } });
}
