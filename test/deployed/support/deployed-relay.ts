import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { signRequest } from '../../../lib/local/sign-request.ts';
import { runCommand } from '../runner/run-command.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { type Delivery, deliverySchema, type ScriptedAnswer } from './destination-protocol.ts';
import { postWebhook, type WebhookAnswer } from './post-webhook.ts';
import { type RouteName, senderOf } from './stack-config.ts';

const routeSchema = z.object({
  ingestUrl: z.string(),
  queueUrl: z.string(),
  deadLetterQueueUrl: z.string(),
  secretArn: z.string().optional(),
});

/** All that a stack's outputs say. */
const outputsSchema = z.object({
  Routes: z.string().transform((text) => z.record(z.string(), routeSchema).parse(JSON.parse(text))),
  PayloadBucketName: z.string(),
  DeliveryTableName: z.string(),
  AlarmTopicArn: z.string(),
});

export type StackOutputs = z.output<typeof outputsSchema>;
export type DeployedRoute = z.infer<typeof routeSchema>;

export function readOutputs(path: string, stackName: string): StackOutputs {
  return outputsSchema.parse(
    z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')))[stackName],
  );
}

/** One route of a deployed stack, as the world sees it: its outputs, HTTP, and the operator's command line. */
export interface DeployedRelay {
  readonly deployment: Deployment;
  readonly outputs: StackOutputs;
  readonly route: DeployedRoute;
  /** Posts a webhook with what the route asks its sender for, and repeats it after a 5xx, as Genesys does. */
  post(body: Uint8Array | string, headers?: Readonly<Record<string, string>>): Promise<WebhookAnswer>;
  /** The same for one that has to be accepted. @returns its event id */
  accept(body: Uint8Array | string): Promise<string>;
  /** How the destination answers this route from now on: in turn, and the last answer for ever. */
  answer(...answers: ScriptedAnswer[]): Promise<void>;
  deliveries(): Promise<Delivery[]>;
  /** What the destination got of one event. */
  deliveriesOf(eventId: string): Promise<Delivery[]>;
  /** Messages in the dead letter queue, visible or not. */
  deadLetters(): Promise<number>;
  /** Runs the operator's command line on the stack. @returns what it printed with `--json` */
  operate(...args: string[]): Promise<unknown>;
  close(): void;
}

/** Genesys sends a webhook five times more, five seconds apart. */
const genesysRepeats = 5;
const genesysGapMs = 5_000;

export function deployedRelay(
  name: RouteName,
  of: { readonly stackName: string; readonly outputsPath: string } = readDeployment(),
): DeployedRelay {
  const deployment = readDeployment();
  const { endpoint, destination } = deployment;
  const outputs = readOutputs(of.outputsPath, of.stackName);
  const route = outputs.Routes[name];
  if (route === undefined) throw new Error(`the stack has no route ${name}`);
  // The host in a queue URL is not asked: an endpoint that was set is to be used.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  let secret: Promise<string | null> | undefined;

  async function readSecret(): Promise<string | null> {
    if (route?.secretArn === undefined) return null;
    const secrets = new SecretsManagerClient({});
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: route.secretArn }));
    secrets.destroy();
    return SecretString;
  }

  async function post(
    body: Uint8Array | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<WebhookAnswer> {
    secret ??= readSecret();
    const known = await secret;
    const send = () => {
      const signature = signRequest(senderOf(name), known, Buffer.from(body));
      return postWebhook(route?.ingestUrl ?? '', body, { ...signature, ...headers }, endpoint);
    };
    let answer = await send();
    // The functions are changed while suites run.
    for (let repeats = 0; answer.status >= 500 && repeats < genesysRepeats; repeats++) {
      await sleep(genesysGapMs);
      answer = await send();
    }
    return answer;
  }

  async function control(what: string, init?: RequestInit): Promise<Response> {
    const response = await fetch(`${destination.controlUrl}/${what}/${name}`, init);
    if (!response.ok) throw new Error(`the destination answered ${response.status} to ${what}`);
    return response;
  }

  const deliveries = async () => z.array(deliverySchema).parse(await (await control('deliveries')).json());

  return {
    deployment,
    outputs,
    route,
    post,
    async accept(body) {
      const { status, text } = await post(body);
      if (status !== 200) throw new Error(`the relay answered ${status}: ${text}`);
      return z.object({ id: z.string() }).parse(JSON.parse(text)).id;
    },
    async answer(...answers) {
      await control('answers', { method: 'PUT', body: JSON.stringify(answers) });
    },
    deliveries,
    deliveriesOf: async (eventId) => (await deliveries()).filter(({ headers }) => headers['webhook-id'] === eventId),
    async deadLetters() {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: route.deadLetterQueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
    },
    async operate(...args) {
      const call = ['bin/relay.ts', ...args, '--json', '--stack', of.stackName];
      const stdout = await runCommand({ file: process.execPath, args: call, withinMs: 120_000 });
      return JSON.parse(stdout);
    },
    close: () => sqs.destroy(),
  };
}

/**
 * Asks until it is so. A deployed stack has minute-long clocks.
 *
 * @returns the first answer that is not undefined
 * @throws Error that names what was waited for
 */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
  withinMs = 60_000,
): Promise<Answer> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadlineMs) throw new Error(`waited ${withinMs / 1_000} s in vain: ${what}`);
    await sleep(500);
  }
}

/** For {@link eventually}: whether it is so. */
export async function so(holds: Promise<boolean>): Promise<true | undefined> {
  return (await holds) ? true : undefined;
}
