import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emulateLambda, type LambdaApi, type MappingSettings } from '../../lib/local/emulate-lambda.ts';
import type { InvocationResult } from '../../lib/local/invocation.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:processor';
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:queue';

let lambda: LambdaApi;
let client: LambdaClient;
let result: InvocationResult;
const events: unknown[] = [];

beforeAll(async () => {
  lambda = await emulateLambda();
  client = new LambdaClient(localClientSettings(lambda.url));
  lambda.createFunction({
    name: 'processor',
    arn: functionArn,
    invoke: async (event) => {
      events.push(event);
      return result;
    },
  });
});

afterAll(async () => {
  client.destroy();
  await lambda.close();
});

describe('a mapping', () => {
  function createMapping(id: string): MappingSettings[] {
    const applied: MappingSettings[] = [];
    const settings = { enabled: true, maximumConcurrency: 10 };
    lambda.createMapping({ id, queueArn, functionArn, batchSize: 10, settings, apply: (next) => applied.push(next) });
    return applied;
  }

  test('is found by its queue, and no other is', async () => {
    const byItself = `${queueArn}-by-itself`;
    const settings = { enabled: false, maximumConcurrency: 3 };
    lambda.createMapping({ id: 'M0', queueArn: byItself, functionArn, batchSize: 10, settings, apply: () => {} });

    const { EventSourceMappings } = await client.send(new ListEventSourceMappingsCommand({ EventSourceArn: byItself }));

    expect(EventSourceMappings).toEqual([expect.objectContaining({ UUID: 'M0', State: 'Disabled' })]);
    expect(
      (await client.send(new ListEventSourceMappingsCommand({ EventSourceArn: 'arn:nothing' }))).EventSourceMappings,
    ).toEqual([]);
  });

  test('is described as it is', async () => {
    createMapping('M1');
    expect(await client.send(new GetEventSourceMappingCommand({ UUID: 'M1' }))).toMatchObject({
      UUID: 'M1',
      EventSourceArn: queueArn,
      FunctionArn: functionArn,
      BatchSize: 10,
      State: 'Enabled',
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  test.each([
    [{ Enabled: false }, { enabled: false, maximumConcurrency: 10 }],
    [{ ScalingConfig: { MaximumConcurrency: 2 } }, { enabled: true, maximumConcurrency: 2 }],
    [
      { Enabled: false, ScalingConfig: { MaximumConcurrency: 3 }, FunctionName: 'processor' },
      { enabled: false, maximumConcurrency: 3 },
    ],
    [{ ScalingConfig: {} }, { enabled: true, maximumConcurrency: undefined }],
  ])('%j changes just that, at once', async (change, settings) => {
    const id = JSON.stringify(change);
    const applied = createMapping(id);
    const answer = await client.send(new UpdateEventSourceMappingCommand({ UUID: id, ...change }));
    expect(applied).toEqual([settings]);
    const described = await client.send(new GetEventSourceMappingCommand({ UUID: id }));
    for (const mapping of [answer, described]) {
      expect(mapping.State).toBe(settings.enabled ? 'Enabled' : 'Disabled');
      expect(mapping.ScalingConfig?.MaximumConcurrency).toBe(settings.maximumConcurrency);
    }
  });

  test.each([1, 1001])('refuses a concurrency of %i', async (MaximumConcurrency) => {
    const id = `M${MaximumConcurrency}`;
    const applied = createMapping(id);
    const update = new UpdateEventSourceMappingCommand({ UUID: id, ScalingConfig: { MaximumConcurrency } });
    await expect(client.send(update)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    expect(applied).toEqual([]);
  });

  test('that is unknown is not found', async () => {
    const commands = [GetEventSourceMappingCommand, UpdateEventSourceMappingCommand];
    for (const Command of commands) {
      await expect(client.send(new Command({ UUID: 'unknown' }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    }
  });
});

describe('an invocation', () => {
  const invoke = (FunctionName: string, payload?: object) =>
    client.send(
      new InvokeCommand({ FunctionName, ...(payload === undefined ? {} : { Payload: JSON.stringify(payload) }) }),
    );
  const text = (payload: Uint8Array | undefined) => Buffer.from(payload ?? []).toString('utf8');

  test.each(['processor', functionArn])('of %s hands the event over, and the result back', async (name) => {
    result = { kind: 'returned', value: { outcome: 'snow ☃' } };
    const answer = await invoke(name, { trial: '☃' });
    expect(events.at(-1)).toEqual({ trial: '☃' });
    expect(answer.StatusCode).toBe(200);
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(text(answer.Payload))).toEqual({ outcome: 'snow ☃' });
  });

  test('without an event or a result has an empty event, and null', async () => {
    result = { kind: 'returned', value: undefined };
    const answer = await invoke('processor');
    expect(events.at(-1)).toEqual({});
    expect(text(answer.Payload)).toBe('null');
  });

  test.each([
    [
      { kind: 'failed', error: 'Error: boom' },
      { errorType: 'Error', errorMessage: 'Error: boom' },
    ],
    [
      { kind: 'timed-out', afterMs: 3_000 },
      { errorType: 'Sandbox.Timedout', errorMessage: 'Error: Task timed out after 3.00 seconds' },
    ],
  ] satisfies [InvocationResult, object][])(
    'that ends as %j tells so, and does not reject',
    async (failure, payload) => {
      result = failure;
      const answer = await invoke('processor', {});
      expect(answer.FunctionError).toBe('Unhandled');
      expect(JSON.parse(text(answer.Payload))).toEqual(payload);
    },
  );

  test('of an unknown function is refused', async () => {
    await expect(invoke('unknown')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('that does not wait is refused', async () => {
    const command = new InvokeCommand({ FunctionName: 'processor', InvocationType: 'Event' });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

test('every other call is refused', async () => {
  await expect(client.send(new ListFunctionsCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
});
