import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findDeadLetters } from '../../lib/operator/dead-letters/find-dead-letters.ts';
import { runList } from '../../lib/operator/dead-letters/run-list.ts';
import { busEventId } from '../support/bus-event.ts';
import { lostEvent, receivedAtMs, rejectedMessage, webhookMessage } from './dead-letter-messages.ts';
import { recordingTerminal } from './dlq-terminal.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';

describe('listing dead letters', () => {
  let emulated: EmulatedRelay;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
  });
  beforeEach(() => emulated.reset());
  afterAll(() => emulated.stop());

  const find = (selection: { route?: string; ids?: readonly string[] } = {}) =>
    findDeadLetters(
      { ids: [], ...selection },
      { relay: emulated.relay, now: Date.now, signal: new AbortController().signal },
    );

  test('one that the processor sent tells cause, status and attempts by its attributes, the error by its record', async () => {
    const eventId = newEventId();
    const messageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));
    await emulated.recordDelivery('main', eventId, { status: 'failed', attempts: 1, lastStatus: 422, lastError: 'no' });

    const { deadLetters, incompleteRoutes } = await find();

    expect(deadLetters).toEqual([
      expect.objectContaining({
        messageId,
        route: 'main',
        eventId,
        cause: 'rejected',
        lastStatus: 422,
        attempts: 1,
        lastError: 'no',
        receivedAtMs,
        deliveryStatus: 'failed',
      }),
    ]);
    expect(incompleteRoutes).toEqual([]);
  });

  test('one that SQS moved tells the receive limit, and the rest by its record', async () => {
    const eventId = newEventId();
    await emulated.recordDelivery('main', eventId, {
      status: 'delivering',
      attempts: 3,
      lastStatus: 503,
      lastError: 'busy',
    });
    const messageId = await emulated.sendTo(emulated.main.queueUrl, webhookMessage(eventId));
    const receive = new ReceiveMessageCommand({ QueueUrl: emulated.main.queueUrl, VisibilityTimeout: 0 });
    await emulated.sqs.send(receive);
    // The receive beyond maxReceiveCount (1) is the one that moves the message.
    await emulated.sqs.send(receive);
    await emulated.untilReceivable(emulated.main.deadLetterQueueUrl, 1);

    const { deadLetters } = await find();

    expect(deadLetters).toEqual([
      expect.objectContaining({
        messageId,
        eventId,
        cause: 'receive-limit',
        attempts: 3,
        lastStatus: 503,
        lastError: 'busy',
        deliveryStatus: 'delivering',
      }),
    ]);
  });

  test('one that EventBridge could not put on the queue tells so, and why, as the event that it is', async () => {
    const messageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, lostEvent);

    const { deadLetters } = await find();

    expect(deadLetters).toEqual([
      expect.objectContaining({
        messageId,
        eventId: busEventId,
        cause: 'not-queued',
        attempts: undefined,
        lastError: 'NO_PERMISSIONS: The caller does not have access to the queue.',
        deliveryStatus: undefined,
      }),
    ]);
  });

  test('a status that is not on the dead letter is not taken from a record of a later delivery', async () => {
    const eventId = newEventId();
    const { LastStatus: _, ...attributes } = rejectedMessage(eventId).attributes;
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, { body: '{}', attributes });
    await emulated.recordDelivery('main', eventId, { status: 'delivered', attempts: 7, lastStatus: 200 });

    const { deadLetters } = await find();

    expect(deadLetters).toEqual([
      expect.objectContaining({ lastStatus: undefined, attempts: 1, deliveryStatus: 'delivered' }),
    ]);
  });

  test('one attribute that makes no sense does not hide the others', async () => {
    const message = rejectedMessage(newEventId(), { LastStatus: { type: 'String', value: 'teapot' } });
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, message);

    const { deadLetters } = await find();

    expect(deadLetters).toEqual([expect.objectContaining({ cause: 'rejected', attempts: 1, lastStatus: undefined })]);
  });

  test('a message that somebody sent bare goes by the hash of its body, as in the processor', async () => {
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, { body: 'hello', attributes: {} });

    const { deadLetters } = await find();

    expect(deadLetters).toEqual([
      expect.objectContaining({ eventId: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' }),
    ]);
  });

  test('more than one batch is listed, the oldest first, each once', async () => {
    const ids = Array.from({ length: 23 }, newEventId);
    for (const [index, eventId] of ids.entries()) {
      const ReceivedAt = { type: 'Number', value: String(receivedAtMs - index) } as const;
      await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId, { ReceivedAt }));
    }

    const { deadLetters } = await find();

    expect(deadLetters.map(({ eventId }) => eventId)).toEqual(ids.toReversed());
  });

  test('ids select by message id or by event id, exactly', async () => {
    const [first, second, third] = [newEventId(), newEventId(), newEventId()];
    const firstMessageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(first));
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(second));
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(third));

    const { deadLetters } = await find({ ids: [firstMessageId, second, third.slice(0, -1)] });

    expect(new Set(deadLetters.map(({ eventId }) => eventId))).toEqual(new Set([first, second]));
  });

  test('a route that is not there is an error that names those that are', async () => {
    await expect(find({ route: 'mian' })).rejects.toThrow('there is no route "mian": this relay has main, other');
  });

  test('a route selects its own queue only', async () => {
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));

    expect((await find({ route: 'other' })).deadLetters).toEqual([]);
    expect((await find({ route: 'main' })).deadLetters).toHaveLength(1);
  });

  test('what somebody else holds is not there to be listed, and the list does not pass for the whole', async () => {
    const queueUrl = emulated.main.deadLetterQueueUrl;
    await emulated.sendTo(queueUrl, rejectedMessage(newEventId()));
    // As the relay's own look does, four times an hour.
    const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl, VisibilityTimeout: 30 });
    await emulated.sqs.send(receive);
    const tools = { relay: emulated.relay, now: Date.now, signal: new AbortController().signal };
    const { terminal, printed, noted } = recordingTerminal();

    await runList({ selection: { ids: [] }, json: false }, tools, terminal);

    expect(printed).toEqual(['no dead letters']);
    expect(noted).toEqual([
      'not all: somebody else seems to hold dead letters of main just now. Look again in half a minute',
    ]);
  });
});
