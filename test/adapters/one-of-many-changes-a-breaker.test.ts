import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamoBreakerStates } from '../../lambdas/adapters/dynamo-breaker-states.ts';
import { pauseByOperator, resumeByOperator } from '../../lambdas/breaker/advance-breaker.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import type { BreakerStates } from '../../lambdas/contract/ports.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { type EmulatedTable, emulatedTable } from '../support/emulated-aws.ts';
import { memoryBreakerStates } from '../support/memory-breaker-states.ts';
import { recordingServer } from '../support/recording-server.ts';
import { startMs } from '../support/settable-clock.ts';

interface StatesUnderTest {
  readonly states: BreakerStates;
  close(): Promise<void>;
}

const implementations: readonly [string, () => Promise<StatesUnderTest>][] = [
  ['in memory', async () => ({ states: memoryBreakerStates(), close: async () => {} })],
  [
    'in DynamoDB',
    async () => {
      const { client, table, close } = await emulatedTable();
      return { states: dynamoBreakerStates(table, client), close };
    },
  ],
];

const paused = pauseByOperator(closedBreaker, startMs);
const resumed = resumeByOperator(paused, startMs + 1);

let routes = 0;

/** A route that no other test uses. */
function newRoute(): string {
  routes += 1;
  return `route-${routes}`;
}

describe.each(implementations)('a breaker %s', (_where, open) => {
  let port: StatesUnderTest;
  beforeAll(async () => {
    port = await open();
  });
  afterAll(() => port.close());

  test('that nobody has changed is closed', async () => {
    expect(await port.states.read(newRoute())).toEqual(closedBreaker);
  });

  test('is read as it was written, and changed again from there', async () => {
    const route = newRoute();
    expect(await port.states.replace(route, paused)).toBe('written');
    expect(await port.states.read(route)).toEqual(paused);
    expect(await port.states.replace(route, resumed)).toBe('written');
    expect(await port.states.read(route)).toEqual(resumed);
  });

  test('is one route’s, and no other’s', async () => {
    const route = newRoute();
    await port.states.replace(route, paused);
    expect(await port.states.read(newRoute())).toEqual(closedBreaker);
    expect(await port.states.replace(newRoute(), paused)).toBe('written');
  });

  test('that was changed meanwhile is left as it is, and returned: at the first write', async () => {
    const route = newRoute();
    await port.states.replace(route, paused);
    expect(await port.states.replace(route, { ...paused, relapses: 9 })).toEqual(paused);
    expect(await port.states.read(route)).toEqual(paused);
  });

  test('that was changed meanwhile is left as it is, and returned: at a later one', async () => {
    const route = newRoute();
    await port.states.replace(route, paused);
    await port.states.replace(route, resumed);
    expect(await port.states.replace(route, { ...resumed, relapses: 9 })).toEqual(resumed);
    expect(await port.states.read(route)).toEqual(resumed);
  });

  test('that is not there any more is not written on, but begun anew', async () => {
    const route = newRoute();
    expect(await port.states.replace(route, resumed)).toEqual(closedBreaker);
    expect(await port.states.read(route)).toEqual(closedBreaker);
    expect(await port.states.replace(route, paused)).toBe('written');
  });

  test('is changed by exactly one of twenty at the same moment, at each version', async () => {
    const route = newRoute();
    for (let version = 1; version <= 3; version++) {
      const writers = Array.from({ length: 20 }, (_, relapses): BreakerState => ({ ...paused, version, relapses }));
      const results = await Promise.all(writers.map((next) => port.states.replace(route, next)));
      const winners = writers.filter((_, index) => results[index] === 'written');
      expect(winners).toHaveLength(1);
      // All the others are told what the winner wrote.
      expect(results.filter((result) => result !== 'written')).toEqual(Array(19).fill(winners[0]));
      expect(await port.states.read(route)).toEqual(winners[0]);
    }
  });

  test('loses no change of writers that begin again from what they were told', async () => {
    const route = newRoute();
    const addOne = async () => {
      let state = await port.states.read(route);
      for (;;) {
        const next = { ...state, version: state.version + 1, relapses: state.relapses + 1 };
        const written = await port.states.replace(route, next);
        if (written === 'written') return;
        state = written;
      }
    };
    await Promise.all(Array.from({ length: 10 }, addOne));
    expect(await port.states.read(route)).toMatchObject({ version: 10, relapses: 10 });
  });
});

describe('an item that this version of the relay cannot read', () => {
  let aws: EmulatedTable;
  beforeAll(async () => {
    aws = await emulatedTable();
  });
  afterAll(() => aws.close());

  test.each([
    ['a state of another shape', '{"phase":{"kind":"ajar"}}'],
    ['a state that is not JSON', 'open'],
  ])('%s lets the route pass, and is overwritten by the next change', async (_name, text) => {
    const route = newRoute();
    const Item = { pk: { S: `breaker#${route}` }, version: { N: '41' }, state: { S: text } };
    await aws.client.send(new PutItemCommand({ TableName: aws.table, Item }));
    const states = dynamoBreakerStates(aws.table, aws.client);
    expect(await states.read(route)).toEqual({ ...closedBreaker, version: 41 });
    // Told so by a refusal, too: whoever lost to it goes on from there.
    expect(await states.replace(route, paused)).toEqual({ ...closedBreaker, version: 41 });
    expect(await states.replace(route, { ...paused, version: 42 })).toBe('written');
    expect(await states.read(route)).toEqual({ ...paused, version: 42 });
  });

  test('a breaker says in a field of its own what it is, for whoever looks at the table', async () => {
    const route = newRoute();
    await dynamoBreakerStates(aws.table, aws.client).replace(route, paused);
    const Key = { pk: { S: `breaker#${route}` } };
    const { Item } = await aws.client.send(new GetItemCommand({ TableName: aws.table, Key }));
    expect(Item).toMatchObject({ status: { S: 'open' }, version: { N: '1' } });
    // Nothing that a table's time to live would delete.
    expect(Item).not.toHaveProperty('expiresAtSeconds');
  });
});

interface ScriptedAnswer {
  readonly status: number;
  readonly body: object;
}

/** DynamoDB's protocol by hand. */
async function againstDynamodb(
  script: readonly ScriptedAnswer[],
  run: (states: BreakerStates) => Promise<void>,
): Promise<string[]> {
  const server = await recordingServer((response, number) => {
    const { status, body } = script[number - 1] ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  });
  const client = new DynamoDBClient(localClientSettings(server.url));
  try {
    await run(dynamoBreakerStates('deliveries', client));
    return server.requests.map(({ headers }) => String(headers['x-amz-target']).replace('DynamoDB_20120810.', ''));
  } finally {
    client.destroy();
    await server.close();
  }
}

const refused: ScriptedAnswer = {
  status: 400,
  body: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'no' },
};
const throttled: ScriptedAnswer = {
  status: 400,
  body: { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', message: 'slow down' },
};
const storedState = JSON.stringify({ ...resumed, version: undefined });
const storedItem = { version: { N: '2' }, state: { S: storedState } };

describe('a change that DynamoDB refuses', () => {
  test('returns the state that came with the refusal, without a read', async () => {
    const withItem = { ...refused, body: { ...refused.body, Item: storedItem } };
    const calls = await againstDynamodb([withItem], async ({ replace }) => {
      expect(await replace('orders', paused)).toEqual(resumed);
    });
    expect(calls).toEqual(['PutItem']);
  });

  test('returns the state that is read where none came with the refusal', async () => {
    const calls = await againstDynamodb([refused, { status: 200, body: { Item: storedItem } }], async ({ replace }) => {
      expect(await replace('orders', paused)).toEqual(resumed);
    });
    expect(calls).toEqual(['PutItem', 'GetItem']);
  });
});

describe('a DynamoDB that is in trouble', () => {
  test.each([
    ['is broken', { status: 500, body: {} }],
    ['throttles', throttled],
    ['denies access', { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } }],
  ])('%s: nothing is said about the breaker', async (_fault, answer) => {
    await againstDynamodb([answer, answer], async ({ read, replace }) => {
      await expect(read('orders')).rejects.toThrow(ServiceUnavailableError);
      await expect(replace('orders', paused)).rejects.toThrow(ServiceUnavailableError);
    });
  });

  test('fails after the refusal: nothing is said about the breaker', async () => {
    await againstDynamodb([refused, throttled], async ({ replace }) => {
      await expect(replace('orders', paused)).rejects.toThrow(ServiceUnavailableError);
    });
  });

  test('is not there: nothing is said about the breaker', async () => {
    const server = await recordingServer(() => {});
    await server.close();
    const client = new DynamoDBClient(localClientSettings(server.url));
    const { read, replace } = dynamoBreakerStates('deliveries', client);
    await expect(read('orders')).rejects.toThrow(ServiceUnavailableError);
    await expect(replace('orders', paused)).rejects.toThrow(ServiceUnavailableError);
    client.destroy();
  });
});
