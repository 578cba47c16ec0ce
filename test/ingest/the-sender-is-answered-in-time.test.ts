import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callLimits } from '../../lambdas/adapters/call-limits.ts';
import { s3ParkedObjects } from '../../lambdas/adapters/s3-parked-objects.ts';
import { s3PayloadStore } from '../../lambdas/adapters/s3-payload-store.ts';
import { secretsManagerSource } from '../../lambdas/adapters/secrets-manager-source.ts';
import { sqsSend } from '../../lambdas/adapters/sqs-queue.ts';
import type { Step } from '../../lambdas/contract/step-log.ts';
import { acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import { answerRequest } from '../../lambdas/ingest/answer-request.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { type BlackHole, blackHole } from '../support/black-hole.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';
import { secret, secretArn, signed, signedRoute } from '../support/signed-request.ts';

const longestAnswerMs = 8_000;

const small = '{"id":"m","type":"Text","text":"Hello","channel":{"id":"c"}}';
/** Over `inlineLimitBytes`, and still a message that SQS takes. */
const large = small + ' '.repeat(500_000);
/** More than SQS takes; and from 2 MiB on the S3 client asks first whether it may send. */
const huge = small + ' '.repeat(3 * 1_048_576);

type Service = 'sqs' | 's3' | 'secrets';

const cases: readonly { name: string; hanging: readonly Service[]; body: string; status: number; how: string }[] = [
  { name: 'SQS hangs', hanging: ['sqs'], body: small, status: 200, how: 'spilled' },
  { name: 'SQS hangs, large', hanging: ['sqs'], body: large, status: 200, how: 'spilled' },
  { name: 'S3 hangs', hanging: ['s3'], body: small, status: 200, how: 'accepted' },
  { name: 'S3 hangs, large', hanging: ['s3'], body: large, status: 200, how: 'accepted' },
  { name: 'S3 hangs, huge', hanging: ['s3'], body: huge, status: 503, how: 'not-stored' },
  { name: 'Secrets Manager hangs', hanging: ['secrets'], body: small, status: 503, how: 'not-stored' },
  { name: 'SQS and S3 hang', hanging: ['sqs', 's3'], body: small, status: 503, how: 'not-stored' },
  { name: 'SQS and S3 hang, large', hanging: ['sqs', 's3'], body: large, status: 503, how: 'not-stored' },
  { name: 'all hang', hanging: ['sqs', 's3', 'secrets'], body: large, status: 503, how: 'not-stored' },
];

interface Outcome {
  readonly status: number | undefined;
  readonly how: string | undefined;
  readonly tookMs: number;
}

/** The real ingest core and adapters against services that answer, or that take a connection and never do. */
describe('when a service takes connections and never answers', () => {
  const outcomes = new Map<string, Promise<Outcome>>();
  let aws: EmulatedQueues;
  let secrets: RecordingServer;
  let hole: BlackHole;
  const clients: { destroy(): void }[] = [];

  beforeAll(async () => {
    aws = await emulatedQueues();
    hole = await blackHole();
    secrets = await recordingServer((response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ SecretString: secret }));
    });
    const queueUrl = aws.createQueue();
    // They wait rather than compute: side by side they take as long as the longest of them.
    for (const { name, hanging, body } of cases) outcomes.set(name, answer(hanging, body, queueUrl));
  });
  afterAll(async () => {
    await Promise.all(outcomes.values());
    for (const client of clients) client.destroy();
    await Promise.all([hole.close(), secrets.close(), aws.close()]);
  });

  async function answer(hanging: readonly Service[], body: string, queueUrl: string): Promise<Outcome> {
    const settings = (service: Service, url: string) => ({
      ...localClientSettings(hanging.includes(service) ? hole.url : url),
      ...callLimits,
    });
    const sqs = new SQSClient(settings('sqs', aws.url));
    const s3 = new S3Client(settings('s3', aws.url));
    const secretsManager = new SecretsManagerClient(settings('secrets', secrets.url));
    clients.push(sqs, s3, secretsManager);
    const steps: Step[] = [];
    const ports = {
      routes: { [signedRoute]: { queueUrl, verify: { kind: 'open-messaging' as const, secretArn } } },
      inlineLimitBytes: 262_144,
      payloads: s3PayloadStore(aws.bucket, s3),
      parked: s3ParkedObjects(aws.bucket, s3),
      secrets: secretsManagerSource(() => {}, secretsManager),
      send: sqsSend(sqs),
      now: Date.now,
      newId: randomUUID,
      log: (step: Step) => steps.push(step),
    };
    const startedMs = performance.now();
    const { statusCode } = answerRequest(await acceptWebhook(signed(body), ports));
    return { status: statusCode, how: steps.at(-1)?.step, tookMs: performance.now() - startedMs };
  }

  test.each(cases)('$name: the answer is $status, within 8 s', async ({ name, status, how }) => {
    const outcome = await outcomes.get(name);
    expect(outcome).toMatchObject({ status, how });
    expect(outcome?.tookMs).toBeLessThan(longestAnswerMs);
  });
});
