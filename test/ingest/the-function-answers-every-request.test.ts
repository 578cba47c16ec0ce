import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { s3ParkedObjects } from '../../lambdas/adapters/s3-parked-objects.ts';
import type { IngestVariables } from '../../lambdas/contract/env.ts';
import { readSpilled, spillPrefix } from '../../lambdas/contract/parked-message.ts';
import { apiGatewayEvent } from '../support/api-gateway-event.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';
import { type LoadedFunction, loadFunction } from '../support/load-function.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';
import { secret, secretArn, signatureOf } from '../support/signed-request.ts';

const body = '{"id":"m","type":"Text","text":"Hello \\u2603","channel":{"id":"c"}}';

function webhookEvent(route: string, changes: Partial<APIGatewayProxyEventV2>): APIGatewayProxyEventV2 {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body) };
  return apiGatewayEvent(route, { headers, body, ...changes });
}

describe('the ingest function', () => {
  let aws: EmulatedQueues;
  let secrets: RecordingServer;
  let queueUrl: string;
  let ingest: LoadedFunction<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

  beforeAll(async () => {
    aws = await emulatedQueues();
    queueUrl = aws.createQueue();
    secrets = await recordingServer((response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ SecretString: secret }));
    });
    const verify = { kind: 'open-messaging', secretArn };
    const routes = {
      messaging: { queueUrl, verify },
      broken: { queueUrl: `${queueUrl}-gone`, verify },
      fenced: { queueUrl, verify, allowCidrs: ['203.0.113.0/24'] },
    };
    const variables = {
      ROUTES: JSON.stringify(routes),
      PAYLOAD_BUCKET: aws.bucket,
      INLINE_LIMIT_BYTES: '2048',
      STACK_NAME: 'TestRelay',
    } satisfies IngestVariables;
    ingest = await loadFunction(() => import('../../lambdas/ingest/handler.ts'), {
      variables,
      endpoints: { SQS: aws.url, S3: aws.url, SECRETS_MANAGER: secrets.url },
      remainingMs: 8_000,
    });
  });
  afterAll(async () => {
    ingest.stop();
    await secrets.close();
    await aws.close();
  });

  async function received() {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ['All'] });
    const { Messages } = await aws.sqs.send(command);
    return Messages?.[0];
  }

  test('stores a text body as it is', async () => {
    const answer = await ingest.invoke(webhookEvent('messaging', {}));
    expect(answer).toMatchObject({ statusCode: 200, body: '{"id":"c:Text:m"}' });
    expect(await received()).toMatchObject({ Body: body });
  });

  test('stores a base64 body as the bytes behind it', async () => {
    const encoded = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
    expect(await ingest.invoke(webhookEvent('messaging', encoded))).toMatchObject({ statusCode: 200 });
    expect(await received()).toMatchObject({ Body: body });
  });

  test('puts a large body into the bucket', async () => {
    const large = body + ' '.repeat(4_000);
    const headers = { 'x-hub-signature-256': signatureOf(large) };
    expect(await ingest.invoke(webhookEvent('messaging', { body: large, headers }))).toMatchObject({ statusCode: 200 });
    const { Body, MessageAttributes } = (await received()) ?? {};
    expect(Body).toContain(`"s3BucketName":"${aws.bucket}"`);
    expect(MessageAttributes?.ExtendedPayloadSize).toMatchObject({ StringValue: String(large.length) });
  });

  test.each<[string, number, APIGatewayProxyEventV2]>([
    ['a wrong signature', 401, webhookEvent('messaging', { body: `${body} ` })],
    ['an empty body', 400, webhookEvent('messaging', { body: '' })],
    ['an unknown route', 404, webhookEvent('nowhere', {})],
    ['an address that may not send', 403, webhookEvent('fenced', {})],
  ])('answers %s with %d and stores nothing', async (_case, statusCode, event) => {
    expect(await ingest.invoke(event)).toMatchObject({ statusCode });
    expect(await received()).toBeUndefined();
  });

  test('answers a request without a body at all with 400', async () => {
    const { body: _body, ...bodiless } = webhookEvent('messaging', {});
    expect(await ingest.invoke(bodiless)).toMatchObject({ statusCode: 400 });
  });

  test('is healthy', async () => {
    expect(await ingest.invoke(webhookEvent('', { routeKey: 'GET /health' }))).toMatchObject({ statusCode: 200 });
  });

  const tryAgain = { statusCode: 503, headers: { 'retry-after': '5' } };

  test('puts a webhook whose queue cannot be used into the bucket', async () => {
    expect(await ingest.invoke(webhookEvent('broken', {}))).toMatchObject({
      statusCode: 200,
      body: '{"id":"c:Text:m"}',
    });
    const parked = s3ParkedObjects(aws.bucket, aws.s3);
    const [key = ''] = await parked.list(spillPrefix);
    expect(readSpilled(await parked.get(key))).toMatchObject({ route: 'broken', message: { body } });
  });

  test('answers an event that it cannot even read with 503 and Retry-After', async () => {
    const event: APIGatewayProxyEventV2 = JSON.parse(
      JSON.stringify({ ...webhookEvent('messaging', {}), headers: null }),
    );
    expect(await ingest.invoke(event)).toMatchObject(tryAgain);
  });

  test('has written one JSON line per step, and neither body nor credential to any of them', async () => {
    await ingest.invoke(webhookEvent('messaging', {}));
    await received();
    expect(ingest.lines.map((line) => JSON.parse(line).step)).toContain('accepted');
    for (const content of ['Hello', secret, signatureOf(body)]) expect(ingest.lines.join('')).not.toContain(content);
  });
});
