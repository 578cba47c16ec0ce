import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lambdaEventSourceMappings } from '../../lambdas/adapters/lambda-event-source-mappings.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import type { EventSourceMappings } from '../../lambdas/contract/ports.ts';
import { emulateLambda, type LambdaApi, type MappingSettings } from '../../lib/local/emulate-lambda.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { recordingServer } from '../support/recording-server.ts';

describe('an event source mapping', () => {
  let lambda: LambdaApi;
  let client: LambdaClient;
  let mappings: EventSourceMappings;

  beforeAll(async () => {
    lambda = await emulateLambda();
    client = new LambdaClient(localClientSettings(lambda.url));
    mappings = lambdaEventSourceMappings(client);
  });
  afterAll(async () => {
    client.destroy();
    await lambda.close();
  });

  let created = 0;

  function createMapping(settings: MappingSettings) {
    created += 1;
    const id = `mapping-${created}`;
    const applied: MappingSettings[] = [];
    lambda.createMapping({
      id,
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:queue',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:processor',
      batchSize: 10,
      settings,
      apply: (next) => applied.push(next),
    });
    return { id, applied };
  }

  test('that is on is read with its concurrency', async () => {
    const { id } = createMapping({ enabled: true, maximumConcurrency: 7 });
    expect(await mappings.read(id)).toEqual({ enabled: true, concurrency: 7 });
  });

  test('that is off is read as just that', async () => {
    const { id } = createMapping({ enabled: false, maximumConcurrency: 7 });
    expect(await mappings.read(id)).toEqual({ enabled: false });
  });

  test('without a limit is wider than anything that is wanted', async () => {
    const { id } = createMapping({ enabled: true, maximumConcurrency: undefined });
    expect(await mappings.read(id)).toEqual({ enabled: true, concurrency: Number.POSITIVE_INFINITY });
  });

  test('is switched off, which leaves its concurrency alone, and on again with another', async () => {
    const { id, applied } = createMapping({ enabled: true, maximumConcurrency: 7 });
    await mappings.apply(id, { enabled: false });
    expect(await mappings.read(id)).toEqual({ enabled: false });
    await mappings.apply(id, { enabled: true, concurrency: 2 });
    expect(await mappings.read(id)).toEqual({ enabled: true, concurrency: 2 });
    await mappings.apply(id, { enabled: true, concurrency: 7 });
    expect(applied).toEqual([
      { enabled: false, maximumConcurrency: 7 },
      { enabled: true, maximumConcurrency: 2 },
      { enabled: true, maximumConcurrency: 7 },
    ]);
  });

  test('is never asked for less than Lambda allows', async () => {
    const { id } = createMapping({ enabled: false, maximumConcurrency: 7 });
    await mappings.apply(id, { enabled: true, concurrency: 1 });
    expect(await mappings.read(id)).toEqual({ enabled: true, concurrency: 2 });
  });

  test('that is not there is a fault, for the next tick to look again', async () => {
    await expect(mappings.read('nowhere')).rejects.toThrow(ServiceUnavailableError);
    await expect(mappings.apply('nowhere', { enabled: false })).rejects.toThrow(ServiceUnavailableError);
  });
});

/** Lambda's protocol by hand, for the answers that the emulator never gives. */
async function againstLambda(
  answer: { readonly status: number; readonly type?: string; readonly body?: object },
  run: (mappings: EventSourceMappings) => Promise<void>,
): Promise<void> {
  const server = await recordingServer((response) => {
    const { status, type, body = { Type: 'User', Message: 'no' } } = answer;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(type === undefined ? {} : { 'x-amzn-errortype': type }),
    });
    response.end(JSON.stringify(body));
  });
  const client = new LambdaClient(localClientSettings(server.url));
  try {
    await run(lambdaEventSourceMappings(client));
  } finally {
    client.destroy();
    await server.close();
  }
}

describe('while Lambda carries a change out', () => {
  test.each(['Creating', 'Enabling', 'Disabling', 'Updating', 'Deleting'])('%s is changing', async (State) => {
    await againstLambda({ status: 200, body: { UUID: 'M', State } }, async ({ read }) => {
      expect(await read('M')).toBe('changing');
    });
  });

  test.each([
    ['ResourceInUseException', 400],
    ['ResourceConflictException', 409],
  ])('another change is refused with %s, which is left to the next tick', async (type, status) => {
    await againstLambda({ status, type }, async ({ apply }) => {
      await expect(apply('M', { enabled: false })).resolves.toBeUndefined();
    });
  });
});

describe('a Lambda API that is in trouble', () => {
  test.each([
    ['is broken', 500, 'ServiceException'],
    ['throttles', 429, 'TooManyRequestsException'],
    ['denies access', 403, 'AccessDeniedException'],
  ])('%s: nothing is said about the mapping', async (_fault, status, type) => {
    await againstLambda({ status, type }, async ({ read, apply }) => {
      await expect(read('M')).rejects.toThrow(ServiceUnavailableError);
      await expect(apply('M', { enabled: true, concurrency: 2 })).rejects.toThrow(ServiceUnavailableError);
    });
  });
});
