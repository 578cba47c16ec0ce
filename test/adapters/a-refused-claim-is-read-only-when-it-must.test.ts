import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { dynamoDeliveryRecords } from '../../lambdas/adapters/dynamo-delivery-records.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { recordingServer } from '../support/recording-server.ts';
import { startMs } from '../support/settable-clock.ts';
import { claimOf, leaseOf } from './delivery-records-under-test.ts';

interface ScriptedAnswer {
  readonly status: number;
  readonly body: object;
}

/** DynamoDB's protocol by hand, for the answers that the emulator never gives. */
async function againstDynamodb(
  script: readonly ScriptedAnswer[],
  run: (records: ReturnType<typeof dynamoDeliveryRecords>) => Promise<void>,
): Promise<string[]> {
  const server = await recordingServer((response, number) => {
    const { status, body } = script[number - 1] ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  });
  const client = new DynamoDBClient(localClientSettings(server.url));
  try {
    await run(dynamoDeliveryRecords('deliveries', 'open-messaging', client));
    return server.requests.map(({ headers }) => String(headers['x-amz-target']).replace('DynamoDB_20120810.', ''));
  } finally {
    client.destroy();
    await server.close();
  }
}

function refusedWith(item: object | undefined): ScriptedAnswer {
  const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
  return { status: 400, body: { __type, message: 'The conditional request failed', ...(item && { Item: item }) } };
}

const leasedItem = {
  status: { S: 'delivering' },
  leaseExpiresAtMs: { N: String(startMs + 9_000) },
  attempts: { N: '1' },
};

describe('a claim that DynamoDB refuses', () => {
  test('is decided on the item that came with the refusal', async () => {
    const calls = await againstDynamodb([refusedWith(leasedItem)], async ({ claim }) => {
      expect(await claim(claimOf())).toEqual({ kind: 'held', untilMs: startMs + 9_000 });
    });
    expect(calls).toEqual(['UpdateItem']);
  });

  test('is decided on the item read where none came with the refusal', async () => {
    const script = [refusedWith(undefined), { status: 200, body: { Item: leasedItem } }];
    const calls = await againstDynamodb(script, async ({ claim }) => {
      expect(await claim(claimOf())).toEqual({ kind: 'held', untilMs: startMs + 9_000 });
    });
    expect(calls).toEqual(['UpdateItem', 'GetItem']);
  });

  test('can be repeated at once when the record has expired between the refusal and the read', async () => {
    await againstDynamodb([refusedWith(undefined), { status: 200, body: {} }], async ({ claim }) => {
      expect(await claim(claimOf())).toEqual({ kind: 'held', untilMs: startMs });
    });
  });

  test('decides nothing on an item that the relay cannot have written', async () => {
    await againstDynamodb([refusedWith({ ...leasedItem, status: { S: 'lost' } })], async ({ claim }) => {
      await expect(claim(claimOf())).rejects.toThrow(ServiceUnavailableError);
    });
  });
});

describe('a DynamoDB that is in trouble', () => {
  const throttled = {
    status: 400,
    body: { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', message: 'slow down' },
  };

  test('is never taken for an answer about the event', async () => {
    await againstDynamodb([throttled, throttled, throttled, throttled], async (records) => {
      const lease = leaseOf(claimOf());
      await expect(records.claim(claimOf())).rejects.toThrow(ServiceUnavailableError);
      await expect(records.recordFailed(lease, { attempts: 1 })).rejects.toThrow(ServiceUnavailableError);
      const delivered = { attempts: 1, deliveredAtMs: startMs };
      await expect(records.recordDelivered(lease, delivered)).rejects.toThrow(ServiceUnavailableError);
      const retry = { attempts: 1, nextAttemptAtMs: startMs };
      await expect(records.recordRetry(lease, retry)).rejects.toThrow(ServiceUnavailableError);
    });
  });

  test('is never taken for a missing record', async () => {
    await againstDynamodb([refusedWith(undefined), throttled], async ({ claim }) => {
      await expect(claim(claimOf())).rejects.toThrow(ServiceUnavailableError);
    });
  });
});
