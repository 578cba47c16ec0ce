import type { VerifyConfig } from '../infra/relay-config.ts';
import type { Emulators } from './emulators.ts';
import type { StackOutputs } from './stack-outputs.ts';

export interface ReadyRoute {
  readonly ingestUrl: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** What requests are signed with; null for a route that accepts unsigned ones. */
  readonly secret: string | null;
  /** Where that is kept; absent where there is none. */
  readonly secretArn?: string;
  /** How its requests are verified, as in the configuration. */
  readonly verify?: VerifyConfig;
  /** Of the partner event source that it gets the events of; absent where it gets none. */
  readonly eventSourceName?: string | undefined;
  /** What deliveries are signed with; null for a route that does not sign them. */
  readonly signingSecret: string | null;
}

/** The first line of `--json` and the answer of `GET /_local/ready`. Scripts outside this repository read it. */
export interface ReadyMessage {
  readonly ready: true;
  /** The dimension `service` of its metrics. */
  readonly stackName: string;
  readonly startedAtMs: number;
  readonly routes: Readonly<Record<string, ReadyRoute>>;
  readonly deliveryTableName: string;
  readonly payloadBucketName: string;
  readonly endpoints: {
    readonly sqs: string;
    readonly s3: string;
    readonly dynamodb: string;
    readonly lambda: string;
    readonly secretsManager: string;
    readonly cloudWatch: string;
  };
}

export function readyMessage(
  outputs: StackOutputs,
  { queuesAndBuckets, tables, secrets, lambda, metrics }: Emulators,
  run: Pick<ReadyMessage, 'stackName' | 'startedAtMs'>,
): ReadyMessage {
  const secretOf = (arn: string | undefined) => (arn === undefined ? null : (secrets.valueOf(arn) ?? null));
  const routes = Object.entries(outputs.routes).map(
    ([name, { secretArn, signingSecretArn, verify, ...urls }]): [string, ReadyRoute] => [
      name,
      {
        ...urls,
        secret: secretOf(secretArn),
        signingSecret: secretOf(signingSecretArn),
        ...(secretArn === undefined ? {} : { secretArn }),
        ...(verify === undefined ? {} : { verify }),
      },
    ],
  );
  return {
    ready: true,
    ...run,
    routes: Object.fromEntries(routes),
    deliveryTableName: outputs.deliveryTableName,
    payloadBucketName: outputs.payloadBucketName,
    endpoints: {
      sqs: queuesAndBuckets.url,
      s3: queuesAndBuckets.url,
      dynamodb: tables.url,
      lambda: lambda.url,
      secretsManager: secrets.url,
      cloudWatch: metrics.url,
    },
  };
}
