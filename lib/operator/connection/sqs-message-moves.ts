import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { naming } from '../operator-error.ts';
import type { MessageMoves, MoveProgress } from './message-moves.ts';
import { queueArnOf } from './queue-arn.ts';

/** {@link MessageMoves} on SQS. */
export function sqsMessageMoves(client: SQSClient): MessageMoves {
  return {
    start: (fromUrl, toUrl, perSecond) =>
      naming(`have SQS move the messages of ${fromUrl}`, async () => {
        // The destination is named: SQS knows no source queue of a dead letter that the processor sent itself.
        const [SourceArn, DestinationArn] = await Promise.all([queueArnOf(fromUrl, client), queueArnOf(toUrl, client)]);
        try {
          const { TaskHandle } = await client.send(
            new StartMessageMoveTaskCommand({
              SourceArn,
              DestinationArn,
              MaxNumberOfMessagesPerSecond: Math.max(1, Math.round(perSecond)),
            }),
          );
          return z.string().parse(TaskHandle);
        } catch (error) {
          if (error instanceof Error && isUnknownAction(error)) return 'unsupported';
          throw error;
        }
      }),

    progressOf: (fromUrl) =>
      naming(`ask SQS how far it is with ${fromUrl}`, async () => {
        const { Results } = await client.send(
          new ListMessageMoveTasksCommand({ SourceArn: await queueArnOf(fromUrl, client), MaxResults: 1 }),
        );
        return progressSchema.parse(Results?.[0]);
      }),

    cancel: (TaskHandle) =>
      naming('have SQS stop the move', async () => {
        await client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
      }),
  };
}

/**
 * What emulators and other services that speak SQS answer to an action that they do not have. SQS's own
 * `UnsupportedOperation` is none of them: it has the action, and says that the queue is no dead letter queue.
 */
function isUnknownAction({ name }: Error): boolean {
  return /^(?:InvalidAction|UnknownOperation(?:Exception)?|UnknownAction|NotImplemented)$/.test(name);
}

const statuses = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLING: 'running',
  CANCELLED: 'cancelled',
} as const;

const progressSchema = z
  .object({
    Status: z.enum(['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLING', 'CANCELLED']),
    ApproximateNumberOfMessagesMoved: z.number().optional(),
    ApproximateNumberOfMessagesToMove: z.number().nullish(),
    FailureReason: z.string().optional(),
  })
  .transform(
    (task): MoveProgress => ({
      status: statuses[task.Status],
      moved: task.ApproximateNumberOfMessagesMoved ?? 0,
      total: task.ApproximateNumberOfMessagesToMove ?? undefined,
      failure: task.FailureReason,
    }),
  );
