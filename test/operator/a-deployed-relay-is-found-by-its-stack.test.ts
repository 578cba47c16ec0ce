import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rejectedMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';
import { serve, type TestServer } from './local-ready-server.ts';
import { relayCommand } from './relay-child-process.ts';

describe('npx relay --stack', () => {
  let emulated: EmulatedRelay;
  let cloudFormation: TestServer;
  let answer: { readonly status: number; readonly xml: string };
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
    cloudFormation = await serve((_request, response) => {
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.xml);
    });
  });
  beforeEach(() => emulated.reset());
  afterAll(async () => {
    await cloudFormation.stop();
    await emulated.stop();
  });

  const relay = (...args: string[]) => {
    const { access } = emulated.location;
    if (access.kind !== 'emulators') throw new Error('not emulated');
    return relayCommand(args, {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url,
      AWS_ENDPOINT_URL_SQS: access.sqs,
      AWS_ENDPOINT_URL_S3: access.s3,
      AWS_ENDPOINT_URL_DYNAMODB: access.dynamodb,
    });
  };

  test('its outputs lead to its queues, table and bucket', async () => {
    answer = stackWith({
      Routes: JSON.stringify(Object.fromEntries(emulated.location.routes)),
      DeliveryTableName: emulated.location.deliveryTableName,
      PayloadBucketName: emulated.location.payloadBucketName,
    });
    const eventId = newEventId();
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));
    await emulated.recordDelivery('main', eventId, { status: 'failed', attempts: 1, lastError: 'no' });

    const { exitCode, stdout, stderr } = await relay(
      'dlq',
      'list',
      '--json',
      '--stack',
      'Mine',
      '--region',
      'us-east-1',
    );

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ eventId, lastError: 'no' })]);
  });

  test("a stack that is not there, or not a relay's, is unreachable: 2", async () => {
    answer = {
      status: 400,
      xml: '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id Mine does not exist</Message></Error></ErrorResponse>',
    };
    expect(await relay('dlq', 'list', '--stack', 'Mine', '--region', 'us-east-1')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: cannot read stack "Mine" (Stack with id Mine does not exist): check --stack, --region and --profile, or use --local\n',
    });

    answer = stackWith({ Something: 'else' });
    expect(await relay('dlq', 'list', '--region', 'us-east-1')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('stack "GenesysWebhookRelay" has no usable output Routes'),
    });
  });
});

function stackWith(outputs: Record<string, string>) {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
  );
  const stack = `<member><StackName>Mine</StackName><Outputs>${members.join('')}</Outputs></member>`;
  return {
    status: 200,
    xml: `<DescribeStacksResponse><DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}
