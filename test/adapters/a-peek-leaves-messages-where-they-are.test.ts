import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sqsPeek } from '../../lambdas/adapters/sqs-peek.ts';
import { sqsSend } from '../../lambdas/adapters/sqs-queue.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import type { PeekQueue } from '../../lambdas/contract/peek-queue.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';

describe('a peek', () => {
  let aws: EmulatedQueues;
  let peek: PeekQueue;
  beforeAll(async () => {
    aws = await emulatedQueues();
    peek = sqsPeek(aws.sqs);
  });
  afterAll(() => aws.close());

  async function queueOf(messages: number): Promise<string> {
    const queueUrl = aws.createQueue();
    for (let sent = 0; sent < messages; sent++) await sqsSend(aws.sqs)(queueUrl, { body: '{}', attributes: {} });
    return queueUrl;
  }

  const times = { hiddenSeconds: 30, waitSeconds: 0 };

  test('knows whether a queue is empty, and what is hidden counts', async () => {
    const [empty, full] = [await queueOf(0), await queueOf(1)];
    expect(await peek.isEmpty(empty)).toBe(true);
    expect(await peek.isEmpty(full)).toBe(false);
    await peek.take(full, times);
    expect(await peek.isEmpty(full)).toBe(false);
  });

  test('tells when a message was sent, by SQS’s own clock', async () => {
    const beforeMs = Date.now();
    const [message] = await peek.take(await queueOf(1), times);
    expect(message?.sentAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(message?.sentAtMs).toBeLessThanOrEqual(Date.now());
  });

  test('hides what it takes, and shows all of it again, more than SQS takes back at once', async () => {
    const queueUrl = await queueOf(23);
    const handles: string[] = [];
    for (let taken = await peek.take(queueUrl, times); taken.length > 0; taken = await peek.take(queueUrl, times)) {
      handles.push(...taken.map(({ receiptHandle }) => receiptHandle));
    }
    expect(handles).toHaveLength(23);
    await peek.giveBack(queueUrl, handles);
    let receivable = 0;
    for (let next = 0; next < 3; next++) {
      const { Messages = [] } = await aws.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
      );
      receivable += Messages.length;
    }
    expect(receivable).toBe(23);
  });

  test('of a queue that is not there is a fault that can pass', async () => {
    const nowhere = `${aws.createQueue()}-gone`;
    await expect(peek.isEmpty(nowhere)).rejects.toThrow(ServiceUnavailableError);
    await expect(peek.take(nowhere, times)).rejects.toThrow(ServiceUnavailableError);
    await expect(peek.giveBack(nowhere, ['handle'])).rejects.toThrow(ServiceUnavailableError);
  });
});
