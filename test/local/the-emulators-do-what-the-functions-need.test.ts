import { connect } from 'node:net';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emulateDynamodb } from '../../lib/local/emulate-dynamodb.ts';
import { emulateSecretsManager, type Secrets } from '../../lib/local/emulate-secrets-manager.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';

describe('Secrets Manager', () => {
  let secrets: Secrets;
  let client: SecretsManagerClient;
  const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:chat-local0';

  beforeAll(async () => {
    secrets = await emulateSecretsManager();
    client = new SecretsManagerClient(localClientSettings(secrets.url));
    secrets.createSecret({ arn, length: 48, excludedCharacters: 'O0Il' });
  });

  afterAll(async () => {
    client.destroy();
    await secrets.close();
  });

  test('generates a secret as asked, and gives it out by ARN', async () => {
    const { SecretString, ARN } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(ARN).toBe(arn);
    expect(SecretString).toMatch(/^[A-HJ-NP-Za-km-z1-9]{48}$/);
    expect(secrets.valueOf(arn)).toBe(SecretString);
  });

  test.each([{ SecretId: 'unknown' }, { SecretId: arn, VersionStage: 'AWSPREVIOUS' }])(
    '%j is not found',
    async (input) => {
      await expect(client.send(new GetSecretValueCommand(input))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    },
  );

  test('gives out the previous value beside the current one once there is one, and no older one', async () => {
    const rotated = `${arn}-rotated`;
    secrets.createSecret({ arn: rotated, length: 48, excludedCharacters: '' });
    const versions = async () => {
      const inputs = ['AWSCURRENT', 'AWSPREVIOUS'].map((VersionStage) => ({ SecretId: rotated, VersionStage }));
      const answers = await Promise.all(inputs.map((input) => client.send(new GetSecretValueCommand(input))));
      return answers.map(({ SecretString }) => SecretString);
    };
    const first = secrets.valueOf(rotated);
    const put = (SecretString: string) => client.send(new PutSecretValueCommand({ SecretId: rotated, SecretString }));
    await put('second');
    expect(await versions()).toEqual(['second', first]);
    await put('third');
    expect(await versions()).toEqual(['third', 'second']);
  });

  test('refuses every other action', async () => {
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});

describe('DynamoDB', () => {
  test('has a table ready for use once it is created', async () => {
    const tables = await emulateDynamodb();
    const client = new DynamoDBClient(localClientSettings(tables.url));
    await tables.createTable({
      name: 'deliveries',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    await client.send(new PutItemCommand({ TableName: 'deliveries', Item: { pk: { S: 'event#chat#1' } } }));
    client.destroy();
    await tables.close();
  });

  test('outlives a caller that is killed in the middle of a request', async () => {
    const tables = await emulateDynamodb();
    const { port, hostname } = new URL(tables.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half');
        socket.end(() => socket.resetAndDestroy());
      });
      socket.once('close', () => resolve());
    });
    expect((await fetch(tables.url)).status).toBe(200);
    await tables.close();
  });
});
