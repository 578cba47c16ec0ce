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
  /** In a round. */
  requests: z.int(),
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

/** A request of the one after a request of the other, so that both meet the same machine: medians, in milliseconds. */
async function oneByOne(): Promise<AcceptTurns> {
  const took = { relay: [] as number[], floor: [] as number[] };
  for (const sending of Array.from({ length: input.requests }, prepare)) {
    took.relay.push(await timed(() => accept(sending)));
    took.floor.push(await timed(() => sendBare(sending)));
  }
  return { relay: [median(took.relay)], floor: [median(took.floor)] };
}

/** All of a round, by their number. */
async function together(one: (sending: Sending) => Promise<void>): Promise<number> {
  const sendings = Array.from({ length: input.requests }, prepare);
  const lane = async () => {
    for (let sending = sendings.pop(); sending !== undefined; sending = sendings.pop()) await one(sending);
  };
  const tookMs = await timed(() => Promise.all(Array.from({ length: input.atOnce }, lane)));
  return tookMs / input.requests;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

async function measure(): Promise<AcceptTurns> {
  if (input.atOnce > 1) {
    return inTurns({ relay: () => together(accept), floor: () => together(sendBare) }, { ...input, warmUps: 4 });
  }
  const rounds: AcceptTurns[] = [];
  for (let round = -1; round < input.rounds; round += 1) rounds.push(await oneByOne());
  const counted = rounds.slice(1);
  return { relay: counted.flatMap(({ relay }) => relay), floor: counted.flatMap(({ floor }) => floor) };
}

report(await measure());
