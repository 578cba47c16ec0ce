import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { localClientSettings } from './local-client.ts';
import { listenOnLoopback } from './loopback-server.ts';
import type { TablePlan } from './plan-stores.ts';

/** DynamoDB in this process, in memory. */
export interface Tables {
  readonly url: string;
  /** Resolves once the table can be used. */
  createTable(plan: TablePlan): Promise<void>;
  close(): Promise<void>;
}

/** @param guard gets the server before it listens */
export async function emulateDynamodb(guard: (server: Server) => void = () => {}): Promise<Tables> {
  const server = dynalite({ createTableMs: 0 });
  // dynalite throws from its own `error` listener, which would end this process whenever a function is killed in the
  // middle of a request. Its listener is there by the time this second one runs.
  server.on('request', (request) => {
    request.removeAllListeners('error');
    request.on('error', () => {});
  });
  guard(server);
  const { url, close } = await listenOnLoopback(server, 0);
  const client = new DynamoDBClient(localClientSettings(url));
  return {
    url,
    createTable: (plan) => createTable(client, plan),
    close: async () => {
      client.destroy();
      await close();
    },
  };
}

async function createTable(client: DynamoDBClient, { name, ...definition }: TablePlan): Promise<void> {
  await client.send(new CreateTableCommand({ TableName: name, ...definition }));
  // The SDK's waiter sleeps for seconds between looks; this takes milliseconds.
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await sleep(5);
  }
}
