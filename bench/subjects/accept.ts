/**
 * Run by bench/figures/accept.ts in a process with the environment of the ingest function: sends webhooks through the
 * bundled handler and with the bare SDK, in turns.
 */
import { createHmac } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { importFunction } from '../support/import-function.ts';
import { inTurns, median } from '../support/in-turns.ts';
import { report } from '../support/run-subject.ts';
import { textEvent } from '../support/text-event.ts';
import { webhookRequest } from '../support/webhook-request.ts';

export const acceptInputSchema = z.object({
  modulePath: z.string(),
  route: z.string(),
  secret: z.string(),
  queueUrl: z.string(),
  bucket: z.string(),
  bytes: z.int(),
  offloaded: z.boolean(),
  /** Requests under way at one time. */
  atOnce: z.int(),
  requestsPerRound: z.int(),
  rounds: z.int(),
});

export type AcceptInput = z.infer<typeof acceptInputSchema>;

/** Milliseconds per request, round by round. */
export interface AcceptTurns {
  readonly relay: readonly number[];
  readonly floor: readonly number[];
}

const input = acceptInputSchema.parse(JSON.parse(process.argv[2] ?? ''));
const handler = await importFunction(input.modulePath);
const sqs = new SQSClient({});
const s3 = new S3Client({});
let sent = 0;

/** What is sent is made before the clock runs: the sender's work is nobody's here. */
interface Sending {
  readonly body: string;
  readonly request: APIGatewayProxyEventV2;
}

function prepare(): Sending {
  const body = textEvent(`event-${sent++}`, input.bytes);
  const signature = `sha256=${createHmac('sha256', input.secret).update(body).digest('base64')}`;
  return { body, request: webhookRequest(input.route, body, { 'x-hub-signature-256': signature }) };
}

async function accept({ request }: Sending): Promise<void> {
  const answer = await handler(request);
  if (Object(answer).statusCode !== 200) throw new Error(`the relay answered ${JSON.stringify(answer)}`);
}

/** The same message, attributes included, by the SDK alone. */
async function sendBare({ body, request }: Sending): Promise<void> {
  const Key = `floor/${request.rawPath}`;
  if (input.offloaded) await s3.send(new PutObjectCommand({ Bucket: input.bucket, Key, Body: Buffer.from(body) }));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: input.queueUrl,
      MessageBody: input.offloaded ? Key : body,
      MessageAttributes: {
        EventId: { DataType: 'String', StringValue: `channel-1:Text:event-${sent}` },
        Route: { DataType: 'String', StringValue: input.route },
        ReceivedAt: { DataType: 'Number', StringValue: '1772619322417' },
        ContentType: { DataType: 'String', StringValue: 'application/json' },
        Signature: { DataType: 'String', StringValue: request.headers['x-hub-signature-256'] },
      },
    }),
  );
}

/** One at a time: the median of one request. Several: the time of all by their number. */
async function round(one: (sending: Sending) => Promise<void>): Promise<number> {
  const sendings = Array.from({ length: input.requestsPerRound }, prepare);
  if (input.atOnce === 1) {
    const took: number[] = [];
    for (const sending of sendings) {
      const startedAtMs = performance.now();
      await one(sending);
      took.push(performance.now() - startedAtMs);
    }
    return median(took);
  }
  const startedAtMs = performance.now();
  const lane = async () => {
    for (let sending = sendings.pop(); sending !== undefined; sending = sendings.pop()) await one(sending);
  };
  await Promise.all(Array.from({ length: input.atOnce }, lane));
  return (performance.now() - startedAtMs) / input.requestsPerRound;
}

const turns = await inTurns({ relay: () => round(accept), floor: () => round(sendBare) }, { ...input, warmUps: 4 });
report(turns satisfies AcceptTurns);
